#!/usr/bin/env bash
# Installs the packages of a release into clean systems, does there what a new user does,
# removes them, and looks whether anything is left: the deb into Debian 12 and 13, the rpm
# into an empty root. Usage: packages.sh DIST [SUITE...]
#
# DIST is what make release wrote. It takes root, debootstrap, rpm and a mirror of Debian
# (SENET_TEST_MIRROR, else the first one that apt uses).
set -euo pipefail
dist=$(cd "${1:?usage: packages.sh DIST [SUITE...]}" && pwd)
shift
[ $# -gt 0 ] || set -- bookworm trixie
mirror=${SENET_TEST_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)}
here=$(cd "$(dirname "$0")" && pwd)
deb=$(echo "$dist"/*amd64.deb) rpm=$(echo "$dist"/*x86_64.rpm)
[ -f "$deb" ] && [ -f "$rpm" ] || { echo "no deb and rpm of amd64 in $dist" >&2; exit 66; }
work=$(mktemp -d)
trap 'umount "$work"/*/proc 2>/dev/null || true; rm -rf -- "$work"' EXIT

fail() { echo "FAIL $*" >&2; exit 1; }

# files ROOT: all that is in it, but for what programs that are not senet's write down.
files() {
  (cd "$1" && find . -xdev \( -path ./proc -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache \
    -o -path ./var/lib/rpm -o -name .rpmdb -o -path ./usr/lib/sysimage -o -path ./tmp \) -prune -o -print | sort)
}

# equal BEFORE AFTER NAME
equal() {
  diff "$1" "$2" || fail "$3: the files differ after the package was removed"
}

# expect STATUS TEXT COMMAND...: the command's exit status, and a line of its output.
expect() {
  local want=$1 text=$2 status=0 out
  shift 2
  out=$("$@" 2>&1) || status=$?
  [ "$status" = "$want" ] || fail "$*: exit status $status, want $want: $out"
  grep -qe "$text" <<< "$out" || fail "$*: no line with '$text': $out"
}

# story1 COMMAND...: story 1 with the built-in policy, by the senet that COMMAND runs.
story1() {
  expect 0 '^senet ' "$@" version
  expect 1 '^NO    haproxy_t may not connect to tcp/5601' "$@" can haproxy_t connect tcp/5601 --policy example
  expect 0 'own port type' "$@" fix haproxy_t connect tcp/5601 --policy example
  expect 0 'http_port_t' "$@" ports haproxy_t --policy example
  expect 0 'elasticsearch' "$@" who connect tcp/9200 --policy example --json
}

for suite; do
  root=$work/$suite
  debootstrap --variant=minbase --include=man-db,bash-completion "$suite" "$root" "$mirror" > "$work/log" 2>&1 ||
    { tail -n 5 "$work/log" >&2; fail "debootstrap $suite"; }
  mount -t proc proc "$root/proc"
  run() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
  files "$root" > "$work/before"
  cp "$deb" "$root/tmp/senet.deb"
  run dpkg -i /tmp/senet.deb > "$work/log" 2>&1 || { cat "$work/log" >&2; fail "dpkg -i on $suite"; }
  story1 run senet
  expect 0 'senet can' run man senet-can
  expect 0 'senet.yaml' run man 5 senet.yaml
  run mandb -q > /dev/null 2>&1
  expect 0 'senet-can (1)' run apropos senet
  expect 0 '^connect$' run bash -c '
    . /usr/share/bash-completion/bash_completion
    . /usr/share/bash-completion/completions/senet
    COMP_LINE="senet can haproxy_t conn" COMP_POINT=24 COMP_WORDS=(senet can haproxy_t conn) COMP_CWORD=3
    $(complete -p senet | sed "s/.*-F \([^ ]*\).*/\1/") senet conn haproxy_t
    printf "%s\n" "${COMPREPLY[@]}" | sed "s/ *$//"'
  run dpkg -P senet > "$work/log" 2>&1 || { cat "$work/log" >&2; fail "dpkg -P on $suite"; }
  files "$root" > "$work/after"
  equal "$work/before" "$work/after" "$suite"
  umount "$root/proc"
  rm -rf -- "$root"
  echo "ok   $(basename "$deb") on $suite"
done

[ -z "$(rpm -qp --scripts "$rpm")" ] || fail "$(basename "$rpm") has scriptlets"
root=$work/rpm
mkdir -p "$root"
rpm --root "$root" --initdb
rpm --root "$root" --nodeps -i "$rpm" 2> "$work/log" || { cat "$work/log" >&2; fail "rpm -i"; }
story1 "$root/usr/bin/senet"
[ -s "$root/usr/share/man/man1/senet-can.1.gz" ] || fail 'no page senet-can(1) in the rpm'
rpm --root "$root" -e senet 2> "$work/log" || { cat "$work/log" >&2; fail "rpm -e"; }
# Directories that all packages share belong to none, and stay.
left=$(files "$root" | while read -r f; do
  if [ ! -d "$root/$f" ] || [[ $f == *senet* ]]; then echo "$f"; fi
done)
[ -z "$left" ] || fail "the rpm leaves $left"
echo "ok   $(basename "$rpm") in an empty root"
