#!/bin/sh
# Says hello, closes its output and lives on.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
exec >&-
exec sleep 1000
