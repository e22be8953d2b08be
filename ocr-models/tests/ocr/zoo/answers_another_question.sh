#!/bin/sh
# Answers what nobody asked, in due form.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 900 > /dev/null
printf '\106\000\000\000{"outcome":{"Oriented":[null]},"usage":{"cpu_us":0,"peak_rss":0}}     '
exec sleep 1000
