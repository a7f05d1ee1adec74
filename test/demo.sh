#!/usr/bin/env bash
# Story 1 on the built-in example policy: haproxy cannot reach its backend on
# port 5601. Usage: demo.sh BINARY
set -euo pipefail
senet=$1
policy=$(cd "$(dirname "$0")/.." && pwd)/examples/example.policy
cd "$(dirname "$senet")"
name=$(basename "$senet")
say() { printf '\n# %s\n' "$*"; }
run() {
  printf '$ senet'
  for arg in "$@"; do
    case $arg in
      "$policy") printf ' examples/example.policy' ;;
      *\ *) printf ' "%s"' "$arg" ;;
      *) printf ' %s' "$arg" ;;
    esac
  done
  printf '\n'
  "./$name" "$@" || [ $? = 1 ]
}
say 'haproxy logs: Server kibana/app1 is DOWN ... "General socket error (Permission denied)".'
say 'Which port types may its domain use?'
run search -d -A -s haproxy_t -p 'name_bind, name_connect' "$policy"
say 'How is port 5601 labelled?'
run info --portcon 5601 "$policy"
say 'May it connect, and why not?'
run can haproxy_t connect tcp/5601 --policy example
