#!/usr/bin/env bash
# Runs every fuzz target for the given time each, reports how many inputs each tried,
# and fails below a floor: a target that hardly runs finds nothing.
# Usage: fuzz.sh DURATION [PATTERN]   targets whose directory or name match PATTERN
#        FUZZ_FLOOR=N                 the least number of inputs, 1000 by default
set -euo pipefail
cd "$(dirname "$0")/.."
floor=${FUZZ_FLOOR:-1000}
slow=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for file in $(git ls-files '*_test.go'); do
  dir=./$(dirname "$file")
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
    [[ -z ${2:-} || "$dir $target" =~ $2 ]] || continue
    # To make each new input of a log smaller takes a minute, in which nothing else is tried.
    if ! go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 10x "$dir" > "$log" 2>&1; then
      # The go command sometimes takes the end of the time for a failure; it writes no input then.
      if ! grep -q 'context deadline exceeded' "$log" || grep -q 'Failing input' "$log"; then
        cat "$log"
        exit 1
      fi
    fi
    execs=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
    printf '%10s  %s %s\n' "${execs:-0}" "$dir" "$target"
    [ "${execs:-0}" -ge "$floor" ] || slow+=("$dir $target: ${execs:-0}")
  done
done
[ ${#slow[@]} -eq 0 ] || { printf "fewer than $floor inputs: %s\n" "${slow[@]}" >&2; exit 1; }
