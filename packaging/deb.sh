#!/bin/bash
# Makes saoy_VERSION_ARCH.deb from built executables: packaging/deb.sh FOLDER_OF_EXECUTABLES FOLDER_OF_MANUAL OUT
#
# Plain dpkg-deb: the package is a dozen files, and dpkg-shlibdeps names the libraries that the executables need.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
executables=$(realpath "$1") manual=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")

# Equal contents make an equal package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
# Who answers for the package, in Debian's own variables.
maintainer="${DEBFULLNAME:-Saoy developers} <${DEBEMAIL:-saoy@localhost}>"
version=$("$executables/saoy" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
root=$tree/debian/saoy
umask 022

for program in saoy saoy-reader; do
    install -D -m 755 "$executables/$program" "$root/usr/bin/$program"
    strip --strip-unneeded "$root/usr/bin/$program"
done
for page in "$manual"/man/*.1; do
    install -D -m 644 "$page" "$root/usr/share/man/man1/$(basename "$page")"
done
for page in "$manual"/man/vi/*.1; do
    install -D -m 644 "$page" "$root/usr/share/man/vi/man1/$(basename "$page")"
done
find "$root/usr/share/man" -name '*.1' -exec gzip -9n {} +
install -D -m 644 "$manual/completions/saoy.bash" "$root/usr/share/bash-completion/completions/saoy"
install -D -m 644 "$manual/completions/_saoy" "$root/usr/share/zsh/vendor-completions/_saoy"
install -D -m 644 "$manual/completions/saoy.fish" "$root/usr/share/fish/vendor_completions.d/saoy.fish"
for unit in "$here"/*.service; do
    install -D -m 644 "$unit" "$root/lib/systemd/system/$(basename "$unit")"
done
install -D -m 644 "$here/saoy.sysusers" "$root/usr/lib/sysusers.d/saoy.conf"
install -D -m 644 "$here/saoy.tmpfiles" "$root/usr/lib/tmpfiles.d/saoy.conf"

documents=$root/usr/share/doc/saoy
mkdir -p "$documents"
for page in "$here"/../docs/*.md "$here"/../README.md; do
    install -m 644 "$page" "$documents/"
done
cp -r "$here/../docs/schemas" "$documents/schemas"
install -m 644 "$here/../CHANGELOG.md" "$documents/"
gzip -9n "$documents/CHANGELOG.md"
# Debian's own form of it, which names the version.
printf 'saoy (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$version" \
    "$maintainer" "$(date -R -u --date="@$SOURCE_DATE_EPOCH")" |
    gzip -9n > "$documents/changelog.gz"
install -D -m 644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/saoy"
"$here/copyright.sh" > "$documents/copyright"

mkdir -p "$root/DEBIAN"
touch "$tree/debian/control"
depends=$(cd "$tree" && dpkg-shlibdeps -O debian/saoy/usr/bin/saoy debian/saoy/usr/bin/saoy-reader 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[[ -n $depends ]] || { echo "deb.sh: dpkg-shlibdeps names no library; is dpkg-dev installed?" >&2; exit 1; }
size=$(du -sk --exclude DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" -e "s/@DEPENDS@/$depends/" \
    -e "s/@MAINTAINER@/$maintainer/" \
    "$here/control.in" > "$root/DEBIAN/control"
install -m 755 "$here/postinst" "$here/prerm" "$root/DEBIAN/"
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)

find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
package=$out/saoy_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
