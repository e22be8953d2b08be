#!/bin/sh
# Hangs, and so does a process of its own that holds the pipes.
here=$(dirname "$0")
echo $$ >> "$here/pids"
sleep 1000 &
echo $! >> "$here/pids"
wait
