#!/bin/sh
# Crashes on the first page.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
echo 'pixTakeApart: bad pix' >&2
kill -SEGV $$
