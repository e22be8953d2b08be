#!/usr/bin/env bash
# Runs one fuzz target from the seeds in the tree: run.sh TARGET [SECONDS]
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?which target: cms, input, page, pdf or revisions} seconds=${2:-60}
corpus=corpus/$target
mkdir -p "$corpus"
if [[ $target == cms ]]; then
	# Fresh ones by openssl, and those of PKITS where `tests/judges/install.sh` has fetched them.
	made=$(mktemp -d)
	trap 'rm -rf "$made"' EXIT
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=seed -keyout "$made/key" -out "$made/crt" 2>"$made/log"
	printf 'hop le' >"$made/data"
	for form in "" "-noattr" "-cades" "-nodetach -econtent_type 1.2.840.113549.1.9.16.1.4"; do
		# shellcheck disable=SC2086  # options, several in one
		openssl cms -sign -binary -in "$made/data" -signer "$made/crt" -inkey "$made/key" -outform DER -out "$made/cms" $form
		printf '\0' | cat - "$made/cms" >"$corpus/cms${form// /}"
	done
	for seed in ../../.tools/judges/pkits/certs/*EE.crt; do
		[[ ! -f $seed ]] || printf '\2' | cat - "$seed" >"$corpus/$(basename "$seed")"
	done
	for seed in ../../.tools/judges/pkits/crls/*.crl; do
		[[ ! -f $seed ]] || printf '\3' | cat - "$seed" >"$corpus/$(basename "$seed")"
	done
fi
for seed in ../fixtures/seeds/* ../fixtures/inputs/* ../../pipeline/src/ingest/tests/fixtures/*; do
	case $seed in
	*.sh | *.py | *.md | *.pbm | *.g4) continue ;;
	*.pdf) [[ $target == page || $target == pdf ]] || continue ;;
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
