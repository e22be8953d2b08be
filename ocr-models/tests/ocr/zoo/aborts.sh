#!/bin/sh
# Fails an assertion on the first page.
here=$(dirname "$0")
echo $$ >> "$here/pids"
printf 'saoyrdr\001\016\000\000\000{"engine":"x"}'
head -c 100 > /dev/null
echo 'contains_unichar_id(unichar_id):Error:Assert failed' >&2
kill -ABRT $$
