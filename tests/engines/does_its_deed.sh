#!/bin/sh
# Passes questions on to the real reader, and at the question in `when`, a shell pattern, does its `deed`:
# the `at`th time that it sees one. Notes every question in `asked`.
here=$(dirname "$0")
when=$(cat "$here/when")
at=$(cat "$here/at")
header="$here/header.$$"
mkfifo "$here/pipe.$$"
"$here/saoy-reader" < "$here/pipe.$$" &
exec 3> "$here/pipe.$$"
seen=0
while head -c 4 > "$header" && [ -s "$header" ]; do
    question=$(head -c "$(od -An -tu4 "$header" | tr -d ' ')")
    echo "$question" >> "$here/asked"
    case $question in
    $when)
        seen=$((seen + 1))
        if [ "$seen" -eq "$at" ]; then
            echo "the $(cat "$here/deed") is on purpose" >&2
            case $(cat "$here/deed") in
            hang) exec sleep 1000 ;;
            segfault) kill -SEGV $$ ;;
            abort) kill -ABRT $$ ;;
            leak) tail /dev/zero; exit 1 ;;
            garbage) head -c 100000 /dev/urandom; exit 0 ;;
            exit) exit 7 ;;
            esac
        fi
        ;;
    esac
    bytes=$(echo "$question" | tr '{' '\n' |
        sed -n 's/.*"width":\([0-9]*\),"height":\([0-9]*\).*/\1 \2/p' |
        awk '{ sum += $1 * $2 } END { printf "%d", sum }')
    { cat "$header"; printf %s "$question"; head -c "$bytes"; } >&3
done
