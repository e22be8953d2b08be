#!/usr/bin/env bash
# Runs one fuzz target from the seeds in the tree: run.sh TARGET [SECONDS]
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?which target: input, page, pdf or revisions} seconds=${2:-60}
corpus=corpus/$target
mkdir -p "$corpus"
for seed in ../fixtures/seeds/* ../fixtures/inputs/* ../../pipeline/src/ingest/tests/fixtures/*; do
	case $seed in
	*.sh | *.py | *.md | *.pbm | *.g4) continue ;;
	*.pdf) [[ $target != input ]] || continue ;;
	*) [[ $target == input ]] || continue ;;
	esac
	# The first byte of `page` chooses the policy.
	if [[ $target == page ]]; then
		printf '\0' | cat - "$seed" >"$corpus/$(basename "$seed")"
	else
		cp "$seed" "$corpus/"
	fi
done
cargo +nightly fuzz run --fuzz-dir . "$target" -- \
	-max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len=300000
