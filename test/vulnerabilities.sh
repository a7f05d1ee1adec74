#!/usr/bin/env bash
# Asks govulncheck whether the two programs call anything that is known to be vulnerable. It
# fails where they do. Where govulncheck or its list (GOVULNDB, else vuln.go.dev) cannot be had,
# it says so and does not fail. Usage: vulnerabilities.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
program=${1:?usage: vulnerabilities.sh PROGRAM}
list=${GOVULNDB:-https://vuln.go.dev}
if ! [ -x "$program" ]; then
  echo "vulnerabilities: not checked, for govulncheck cannot be had"
  exit 0
fi
for dir in . senet-mcp; do
  package=. status=0
  [ "$dir" = . ] && package=./cmd/senet
  out=$(cd "$dir" && "$here/$program" -db "$list" "$package" 2>&1) || status=$?
  case $status in
  0) ;;
  3)
    echo "$out"
    exit 1
    ;;
  *)
    # The list, or a module of senet-mcp.
    if grep -qE 'fetching vulnerabilities|no such host|connection refused|i/o timeout' <<< "$out"; then
      echo "vulnerabilities: not checked, for $list cannot be had"
      exit 0
    fi
    echo "$out"
    exit 1
    ;;
  esac
done
echo 'vulnerabilities: none'
