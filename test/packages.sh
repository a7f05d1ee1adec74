#!/usr/bin/env bash
# Installs the packages of a release into clean systems, does there what a new user does,
# removes them, and looks whether anything is left: the deb into Debian 12 and 13, the rpm
# into an empty root; senet-compat into the former, without and with the original programs.
# Usage: packages.sh DIST [SUITE...]
#
# DIST is what make release wrote. It takes root, debootstrap, rpm and a mirror of Debian
# (SENET_TEST_MIRROR, else the first one that apt uses).
set -euo pipefail
dist=$(cd "${1:?usage: packages.sh DIST [SUITE...]}" && pwd)
shift
[ $# -gt 0 ] || set -- bookworm trixie
mirror=${SENET_TEST_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)}
here=$(cd "$(dirname "$0")" && pwd)
deb=$(echo "$dist"/senet_*amd64.deb) rpm=$(echo "$dist"/senet-*x86_64.rpm)
compat=$(echo "$dist"/senet-compat_*all.deb) compat_rpm=$(echo "$dist"/senet-compat-*noarch.rpm)
for file in "$deb" "$rpm" "$compat" "$compat_rpm"; do
  [ -f "$file" ] || { echo "$file: not in $dist" >&2; exit 66; }
done
work=$(mktemp -d)
trap 'umount "$work"/*/proc 2>/dev/null || true; rm -rf -- "$work"' EXIT

fail() { echo "FAIL $*" >&2; exit 1; }

# quiet COMMAND...: what it prints is shown only where it fails.
quiet() { "$@" > "$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "$*"; }; }

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

# run COMMAND...: in the system under $root.
run() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

# The paths of the programs that senet-compat stands for, by the script in the package,
# and the packages of the originals.
programs=$(dpkg-deb --fsys-tarfile "$compat" | tar -xO ./usr/libexec/senet/register | grep '^/usr/s\?bin/')
[ "$(wc -l <<< "$programs")" -ge 15 ] || fail "senet-compat has few programs: $programs"
originals=(setools policycoreutils policycoreutils-python-utils checkpolicy secilc selinux-utils semodule-utils)

# played_by_senet: every program is senet.
played_by_senet() {
  local path
  for path in $programs; do
    [ "$(run readlink -f "$path")" = /usr/bin/senet ] || fail "$path is not senet"
  done
  expect 0 '^allow haproxy_t http_port_t:tcp_socket' run sesearch -A -s haproxy_t -t http_port_t /tmp/example.policy
  expect 0 'Types: ' run seinfo /tmp/example.policy
}

# played_by_originals: every program is that of its package, unchanged, and the directory
# of senet-compat is what it was.
played_by_originals() {
  local path name
  for path in $programs; do
    name=${path##*/}
    [ "$(run readlink -f "$path")" != /usr/bin/senet ] || fail "$path: senet has the place of the original"
    run dpkg -S "$path" > /dev/null 2>&1 || run dpkg -S "${path#/usr}" > /dev/null 2>&1 || fail "$path: no original"
    [ ! -L "$root/etc/alternatives/$name" ] || fail "$path: the alternative is still there"
  done
  # Sums that differ; files of documentation may have been left out on purpose.
  if run dpkg -V "${originals[@]}" | grep -E '/s?bin/'; then fail 'an original was changed'; fi
}

# compat_alone: senet-compat in a system without the originals, as deb and as rpm.
compat_alone() {
  files "$root" > "$work/alone"
  quiet run dpkg -i /tmp/compat.deb
  played_by_senet
  expect 0 'senet-compat' run man 7 senet-compat
  quiet run dpkg -P senet-compat
  files "$root" > "$work/after"
  equal "$work/alone" "$work/after" "$(basename "$compat") on $suite"

  # The rpm's scripts find a shell and update-alternatives here.
  quiet rpm --root "$root" --dbpath /tmp/rpmdb --initdb
  quiet rpm --root "$root" --dbpath /tmp/rpmdb --nodeps -i "$compat_rpm"
  played_by_senet
  quiet rpm --root "$root" --dbpath /tmp/rpmdb -e senet-compat
  # Directories that all packages share belong to none, and stay.
  files "$root" > "$work/after"
  diff "$work/alone" "$work/after" | grep '^[<>]' | grep -v -e '> ./usr/libexec$' > "$work/left" || true
  [ ! -s "$work/left" ] || { cat "$work/left" >&2; fail "$(basename "$compat_rpm") on $suite: the files differ"; }
  rm -rf -- "${root:?}/usr/libexec/senet"
}

# compat_with_originals: senet-compat before, beside and after the originals.
compat_with_originals() {
  local path
  quiet run dpkg -i /tmp/senet.deb /tmp/compat.deb
  quiet run apt-get update
  quiet run apt-get install -qy --no-install-recommends "${originals[@]}"
  played_by_originals
  # One is removed: senet is back. It comes again: it wins again.
  quiet run apt-get purge -qy setools
  expect 0 '^/usr/bin/senet$' run readlink -f /usr/bin/sesearch
  expect 0 '^allow haproxy_t http_port_t:tcp_socket' run sesearch -A -s haproxy_t -t http_port_t /tmp/example.policy
  quiet run apt-get install -qy --no-install-recommends setools
  played_by_originals
  # Removed and installed beside them: nothing outside its own directories changes.
  quiet run dpkg -P senet-compat
  files "$root" > "$work/alone"
  played_by_originals
  quiet run dpkg -i /tmp/compat.deb
  played_by_originals
  files "$root" | grep -v -e '^./usr/libexec/senet' -e '^./usr/libexec$' -e '^./usr/share/doc/senet-compat' > "$work/after"
  grep -v -e '^./usr/libexec$' "$work/alone" | diff - "$work/after" || fail "senet-compat beside the originals on $suite"
}

for suite; do
  root=$work/$suite
  quiet debootstrap --variant=minbase --include=man-db,bash-completion "$suite" "$root" "$mirror"
  mount -t proc proc "$root/proc"
  files "$root" > "$work/before"
  cp "$deb" "$root/tmp/senet.deb"
  cp "$compat" "$root/tmp/compat.deb"
  cp "$here/../examples/example.policy" "$root/tmp/"
  quiet run dpkg -i /tmp/senet.deb
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
  compat_alone
  quiet run dpkg -P senet
  files "$root" > "$work/after"
  equal "$work/before" "$work/after" "$(basename "$deb") on $suite"
  echo "ok   $(basename "$deb") on $suite"
  compat_with_originals
  umount "$root/proc"
  rm -rf -- "$root"
  echo "ok   $(basename "$compat") and $(basename "$compat_rpm") on $suite"
done

[ -z "$(rpm -qp --scripts "$rpm")" ] || fail "$(basename "$rpm") has scriptlets"
root=$work/rpm
mkdir -p "$root"
rpm --root "$root" --initdb
quiet rpm --root "$root" --nodeps -i "$rpm"
story1 "$root/usr/bin/senet"
[ -s "$root/usr/share/man/man1/senet-can.1.gz" ] || fail 'no page senet-can(1) in the rpm'
quiet rpm --root "$root" -e senet
# Directories that all packages share belong to none, and stay.
left=$(files "$root" | while read -r f; do
  if [ ! -d "$root/$f" ] || [[ $f == *senet* ]]; then echo "$f"; fi
done)
[ -z "$left" ] || fail "the rpm leaves $left"
echo "ok   $(basename "$rpm") in an empty root"

# The scripts of senet-compat's rpm do one thing each; they ran above.
scripts=$(rpm -qp --scripts "$compat_rpm")
for line in 'postinstall' 'preuninstall' '/usr/libexec/senet/register install || :' \
  'if \[ "$1" = 0 \]; then /usr/libexec/senet/register remove || :; fi'; do
  grep -qe "$line" <<< "$scripts" || fail "no '$line' in the scriptlets: $scripts"
done
rpm -qlp "$compat_rpm" > "$work/log"
for path in $programs; do
  grep -qx "/usr/libexec/senet/compat/${path##*/}" "$work/log" || fail "${path##*/} is not in the rpm"
  ! grep -qx "$path" "$work/log" || fail "the rpm owns $path"
done
echo "ok   $(basename "$compat_rpm"), listed"
