#!/bin/sh
# Ends at once and leaves a process that holds the pipes.
here=$(dirname "$0")
echo $$ >> "$here/pids"
sleep 1000 &
echo $! >> "$here/pids"
