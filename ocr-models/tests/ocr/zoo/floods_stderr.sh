#!/bin/sh
# Complains without end.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
while :; do
    yes 'Error in pixRead: image file not found' | head -c 1000000 >&2
done
