#!/bin/sh
# Makes the programs that senet can act as alternatives of update-alternatives, where no
# original is installed. Usage: register install|remove
#
# An original is never touched: what stands in its place and is no link of
# update-alternatives belongs to somebody else. Where one was installed since, the
# alternative is taken back. Packages call this; on a system whose packages cannot (rpm),
# call "register install" after an original was installed or removed.
set -eu
root=${DPKG_ROOT:-}
here=/usr/libexec/senet/compat

# Each program, with the path of its original.
programs='{{range .}}
{{.Dir}}/{{.Name}}{{end}}
'

if ! command -v update-alternatives > /dev/null; then
  # The directory works all the same, on PATH.
  exit 0
fi

# original PATH NAME: stands an original there? Some originals are links themselves.
original() {
  if [ -L "$root$1" ]; then
    [ "$(readlink "$root$1")" != "/etc/alternatives/$2" ]
  else
    [ -e "$root$1" ]
  fi
}

# withdraw PATH NAME: the alternative goes. update-alternatives removes any link that
# stands at PATH, so a second name keeps what is an original.
withdraw() {
  [ -L "$root/etc/alternatives/$2" ] || return 0
  keep=
  if original "$1" "$2"; then
    keep=$root$1.senet-keep
    ln -P "$root$1" "$keep"
  fi
  update-alternatives --remove "$2" "$here/$2" || true
  if [ -n "$keep" ]; then
    if [ -e "$root$1" ] || [ -L "$root$1" ]; then rm -f "$keep"; else mv "$keep" "$root$1"; fi
  fi
}

case ${1:-} in
install)
  for path in $programs; do
    name=${path##*/}
    if original "$path" "$name"; then
      withdraw "$path" "$name"
    else
      update-alternatives --install "$path" "$name" "$here/$name" 10
    fi
  done
  ;;
remove)
  for path in $programs; do
    withdraw "$path" "${path##*/}"
  done
  ;;
*)
  echo 'usage: register install|remove' >&2
  exit 64
  ;;
esac
