#!/bin/sh
# Takes memory until there is no more.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
tail /dev/zero
