#!/bin/sh
# Complains at length and then does its work.
here=$(dirname "$0")
echo $$ >> "$here/pids"
yes 'Warning: Invalid resolution 0 dpi. Using 70 instead.' | head -c 10000000 >&2
exec "$here/saoy-reader"
