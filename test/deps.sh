#!/usr/bin/env bash
# Keeps cmd/senet/deps.txt, the list of packages of other modules that the binary
# is made of; its own are in ARCHITECTURE.md. Usage: deps.sh check|write
set -euo pipefail
cd "$(dirname "$0")/.."
file=cmd/senet/deps.txt
list() { CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go list -deps -f '{{if not .Standard}}{{if not .Module.Main}}{{.ImportPath}}{{end}}{{end}}' ./cmd/senet | LC_ALL=C sort; }
case $1 in
  write) list > "$file" ;;
  check) list | diff -u "$file" - || { echo 'the binary has other dependencies than cmd/senet/deps.txt; see "make deps"' >&2; exit 1; } ;;
esac
