#!/usr/bin/env bash
# Measures saoy against OCRmyPDF, the tesseract command and the bare recogniser, on pages made for the purpose.
#
#   benches/peers/run.sh [--count N] [--rounds N] [--seed N] [--font NAME] [--levels clean,mid,hard] [--out FOLDER]
#
# Installs what is missing (says so), makes the pages with the samples' generator, writes LEVEL.md and LEVEL.json to the
# output folder. The method and its noise: benches/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# No __pycache__ in the tree.
export PYTHONDONTWRITEBYTECODE=1

count=6 rounds=3 seed=20 font=texgyre levels=mid,hard out=target/peers
while [[ $# -gt 0 ]]; do
    case $1 in
        --count | --rounds | --seed | --font | --levels | --out) declare "${1#--}=${2:?$1 wants a value}" && shift 2 ;;
        *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
    esac
done

# Debian packages: the peers' own programs, the face of the pages, and a reader of PDFs.
missing=()
need() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii' || missing+=("$1"); }
for package in tesseract-ocr tesseract-ocr-vie tesseract-ocr-osd ghostscript unpaper pngquant poppler-utils python3-venv \
    fonts-liberation2 fonts-texgyre fonts-freefont-ttf; do
    need "$package"
done
if [[ ${#missing[@]} -gt 0 ]]; then
    echo "peers: installing Debian packages the peers need: ${missing[*]}" >&2
    root=(env DEBIAN_FRONTEND=noninteractive)
    [[ $(id -u) -eq 0 ]] || root=(sudo "${root[@]}")
    "${root[@]}" apt-get update -q >&2
    "${root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
fi

venv=.tools/peers
if ! cmp -s benches/peers/requirements.txt "$venv/requirements.txt"; then
    echo "peers: installing OCRmyPDF into $venv" >&2
    rm -rf "$venv"
    /usr/bin/python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement benches/peers/requirements.txt
    cp benches/peers/requirements.txt "$venv/requirements.txt"
fi

cargo build --release --locked
cargo build --release --locked -p saoy-samples
built=${CARGO_TARGET_DIR:-target}/release

mkdir -p "$out"
for level in ${levels//,/ }; do
    pages=$out/$level-$font-$seed
    # Made anew: a set left from another generator would pass for this one.
    rm -rf "$pages"
    "$built/saoy-samples" eval --out "$pages" --count "$count" --seed "$seed" --font "$font" --level "$level"
    /usr/bin/python3 benches/peers/measure.py "$pages" --rounds "$rounds" --first-page --json "$out/$level.json" \
        --saoy "$built/saoy" --score "$built/saoy-samples" --python "$venv/bin/python" | tee "$out/$level.md"
done
echo "peers: figures in $out" >&2
