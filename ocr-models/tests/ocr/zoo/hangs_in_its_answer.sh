#!/bin/sh
# Reads the question and stops in the middle of the answer.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
printf '\377\000\000\000{"outcome":'
exec sleep 1000
