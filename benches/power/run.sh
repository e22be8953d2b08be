#!/usr/bin/env bash
# Cuts the power under the archive 100 times and looks at what is left. Wants root, for a loop device and a file system of its own.
#
#   benches/power/run.sh [--cuts N] [--papers N] [--seed N] [--encrypt] [--saoy PROGRAM] [--keep]
#
# Builds the program unless --saoy names one. What is done, and what it shows: benches/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# No __pycache__ in the tree.
export PYTHONDONTWRITEBYTECODE=1

[[ $(id -u) -eq 0 ]] || { echo "power: wants root, to mount the disk that it cuts" >&2 && exit 4; }
[[ -c /dev/fuse ]] || { echo "power: wants /dev/fuse: modprobe fuse" >&2 && exit 4; }
for program in python3 mkfs.ext4 losetup openssl; do
    command -v "$program" >/dev/null || { echo "power: wants $program: apt-get install python3 e2fsprogs util-linux openssl" >&2 && exit 4; }
done
[[ " $* " == *" --saoy "* ]] || cargo build --locked
exec python3 benches/power/power.py "$@"
