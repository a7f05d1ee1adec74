#!/bin/sh
# Compiles example.cil to a binary policy of version 33 with secilc; run again, it writes the same bytes.
# usage: build.sh [OUTPUT]      OUTPUT defaults to example.policy beside this script
set -eu
LC_ALL=C
export LC_ALL

here=$(dirname -- "$0")
output=${1:-$here/example.policy}

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The categories c0 to c1023 and their order; CIL has no loop.
awk 'BEGIN {
	for (i = 0; i < 1024; i++) printf "(category c%d)\n", i
	printf "(categoryorder ("
	for (i = 0; i < 1024; i++) printf " c%d", i
	print "))"
}' >"$work/categories.cil"

# Policy version 33 with MLS; -U repeats what example.cil says. The file contexts are not wanted.
secilc -M true -c 33 -U deny -o "$work/policy" -f "$work/file_contexts" \
	"$here/example.cil" "$work/categories.cil"

cat "$work/policy" >"$output"
