#!/bin/sh
# Ends on the first page and says why.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
echo 'the model is damaged' >&2
exit 3
