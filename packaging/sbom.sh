#!/usr/bin/env bash
# Writes a CycloneDX list of the modules that the binary is made of. Usage: sbom.sh VERSION
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
go=${GO:-go}
"$go" list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}' ./cmd/senet | sort -u |
  join - cmd/senet/licences.txt |
  awk -v version="$1" -v go="$("$go" env GOVERSION)" '
    BEGIN {
      printf "{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.6\",\n  \"version\": 1,\n"
      printf "  \"metadata\": {\"component\": {\"type\": \"application\", \"name\": \"senet\", \"version\": \"%s\",", version
      printf " \"purl\": \"pkg:golang/github.com/senet-selinux/senet@v%s\", \"licenses\": [{\"license\": {\"id\": \"Apache-2.0\"}}]}},\n", version
      printf "  \"components\": [\n"
      printf "    {\"type\": \"library\", \"name\": \"std\", \"version\": \"%s\", \"purl\": \"pkg:golang/std@%s\",", go, substr(go, 3)
      printf " \"licenses\": [{\"license\": {\"id\": \"BSD-3-Clause\"}}]}"
    }
    NF == 3 {
      printf ",\n    {\"type\": \"library\", \"name\": \"%s\", \"version\": \"%s\", \"purl\": \"pkg:golang/%s@%s\",", $1, $2, $1, $2
      printf " \"licenses\": [{\"license\": {\"id\": \"%s\"}}]}", $3
    }
    END { printf "\n  ]\n}\n" }'
