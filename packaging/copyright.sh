#!/bin/bash
# Prints the licences file of the package: ours, and those of every crate that is linked into the executables.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cat <<HEAD
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: saoy

Files: *
Copyright: The Saoy developers
License: MIT or Apache-2.0

License: MIT or Apache-2.0
$(sed -e 's/^$/./' -e 's/^/ /' "$here/../LICENSE-MIT")
 .
 On Debian systems the text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.

Comment: The executables hold code of these Rust crates; name, version, licence, authors:
HEAD
cargo metadata --format-version 1 --locked --offline --manifest-path "$here/../Cargo.toml" \
    --filter-platform "$(rustc -vV | sed -n 's/^host: //p')" |
    python3 "$here/crates.py"
