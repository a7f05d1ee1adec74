#!/usr/bin/env bash
# Keeps cmd/senet/deps.txt, the list of packages of other modules that the binary is made of (its
# own are in ARCHITECTURE.md), and licences.txt beside the two programs: the modules that each is
# made of, with their licences. A licence that is none of those below is a mistake.
# texts prints the licences of what is in the binary, for packages. Usage: deps.sh check|write|texts
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C CGO_ENABLED=0 GOOS=linux GOARCH=amd64

packages() { go list -deps -f '{{if not .Standard}}{{if not .Module.Main}}{{.ImportPath}}{{end}}{{end}}' ./cmd/senet | sort; }

# licence FILE: which one it is, by what only its text says.
licence() {
  local text
  text=$(tr -s ' \n\t' ' ' < "$1")
  case $text in
  *'Apache License Version 2.0'*) echo Apache-2.0 ;;
  *'Permission is hereby granted, free of charge'*) echo MIT ;;
  *'Redistribution and use in source and binary forms'*[Nn]'either the name'*) echo BSD-3-Clause ;;
  *'Redistribution and use in source and binary forms'*) echo BSD-2-Clause ;;
  *'Permission to use, copy, modify, and'*'distribute this software'*) echo ISC ;;
  *) return 1 ;;
  esac
}

# files DIR PACKAGE: each module that the program is made of, with the file of its licence.
files() {
  local file found
  (cd "$1" && go list -deps -f '{{with .Module}}{{if not .Main}}{{if not .Replace}}{{.Path}} {{.Dir}}{{end}}{{end}}{{end}}' "$2") |
    sort -u | while read -r module dir; do
      found=
      for file in "$dir"/LICEN[CS]E "$dir"/LICEN[CS]E.* "$dir"/COPYING; do
        [ -f "$file" ] && found=$file && break
      done
      [ -n "$found" ] || { echo "$module has no licence" >&2; exit 1; }
      echo "$module $found"
    done
}

# licences DIR PACKAGE: each module with the name of its licence.
licences() {
  local name
  files "$1" "$2" | while read -r module file; do
    name=$(licence "$file") || { echo "$module: $(basename "$file") is of no known licence" >&2; exit 1; }
    echo "$module $name"
  done
}

case $1 in
write)
  packages > cmd/senet/deps.txt
  licences . ./cmd/senet > cmd/senet/licences.txt
  licences senet-mcp . > senet-mcp/licences.txt
  ;;
check)
  packages | diff -u cmd/senet/deps.txt - ||
    { echo 'the binary has other dependencies than cmd/senet/deps.txt; see "make deps"' >&2; exit 1; }
  licences . ./cmd/senet | diff -u cmd/senet/licences.txt - ||
    { echo 'the modules or their licences are others than in cmd/senet/licences.txt; see "make deps"' >&2; exit 1; }
  if (cd senet-mcp && go mod download) 2> /dev/null; then
    licences senet-mcp . | diff -u senet-mcp/licences.txt - ||
      { echo 'the modules or their licences are others than in senet-mcp/licences.txt; see "make deps"' >&2; exit 1; }
  else
    echo 'senet-mcp: licences not checked, for its modules cannot be had'
  fi
  ;;
texts)
  { echo "go $(go env GOROOT)/LICENSE" && files . ./cmd/senet; } | while read -r module file; do
    printf '%s\n\n' "== $module"
    cat "$file"
    echo
  done
  ;;
*)
  echo 'usage: deps.sh check|write|texts' >&2
  exit 64
  ;;
esac
