#!/bin/sh
# Announces an answer of 4 GB.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
printf '\377\377\377\377'
exec sleep 1000
