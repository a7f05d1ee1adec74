#!/usr/bin/env bash
# Installs what the differential tests compare with, where this is possible,
# and says what is missing where it is not. With the argument kernel also what
# the tests on real kernels take, with long the daemons that the long run starts,
# Ansible and Graphviz. It never fails: a test whose tool is missing says so itself.
set -u
packages=(setools checkpolicy secilc sepol-utils libsepol-dev gcc libc6-dev
  selinux-policy-default selinux-policy-mls policycoreutils
  policycoreutils-python-utils selinux-utils python3 util-linux strace bzip2 zstd groff-base m4
  systemd iproute2 nftables haproxy nginx-light)
# A daemon that is installed is not started by its package.
export RUNLEVEL=1
if [ "${1:-}" = kernel ]; then
  packages+=(qemu-system-x86 xz-utils zstd lz4 iptables)
elif [ "${1:-}" = long ]; then
  packages+=(openssh-server redis-server unbound bind9 apache2 squid prometheus prometheus-node-exporter
    mariadb-server postgresql ansible-core graphviz)
fi
# The tests have apt download kernels and packages, by lists of today: of what older
# ones name the archive may have newer builds.
if [ "$(id -u)" = 0 ] && [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mtime -1 -print -quit 2>/dev/null)" ]; then
  apt-get update -q >/dev/null || echo 'apt-get update failed' >&2
fi
missing=()
for p in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = 'install ok installed' ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >/dev/null && apt-get install -qy --no-install-recommends "${missing[@]}" >/dev/null && exit 0
  echo 'installing them failed' >&2
fi
echo "not installed: ${missing[*]} (Debian's names)." >&2
echo 'The tests that compare senet with them are skipped, or fail where CI=true.' >&2
exit 0
