#!/usr/bin/env bash
# Builds what a release consists of into dist/: static binaries, packages, a
# list of what they contain, checksums. Usage: release.sh VERSION
#
# Two runs on the same commit give the same bytes, wherever the checkout lies:
# no path, no time and no host enter a file. Times are that of the commit.
#
# SENET_RELEASE_KEY, where set, is the file of a GPG key's id for gpg --local-user:
# checksums are then signed.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?usage: release.sh VERSION}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { echo "$version is not a semantic version" >&2; exit 64; }
commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH LC_ALL=C CGO_ENABLED=0
go=${GO:-go}
case $("$go" env GOVERSION) in
go1.26*) export GOEXPERIMENT=nogreenteagc ;; # as in the Makefile
esac
out=dist
rm -rf "$out"
mkdir -p "$out"

package=github.com/senet-selinux/senet/internal/version
ldflags="-s -w -buildid= -X $package.release=$version -X $package.commit=$commit"
# Linux is where SELinux is; policies and logs are analysed on the others too.
for target in linux/amd64 linux/arm64 linux/ppc64le linux/s390x linux/riscv64 darwin/amd64 darwin/arm64 windows/amd64; do
  os=${target%/*} arch=${target#*/} suffix=
  [ "$os" = windows ] && suffix=.exe
  echo "binary  $target"
  GOOS=$os GOARCH=$arch "$go" build -trimpath -buildvcs=false -ldflags="$ldflags" -o "$out/senet-$version-$os-$arch$suffix" ./cmd/senet
done

echo 'manual pages and completions'
host=$out/host
"$go" build -trimpath -buildvcs=false -ldflags="$ldflags" -o "$host/senet" ./cmd/senet
"$go" run -trimpath -buildvcs=false ./packaging/man "$out/share/man" "$version" "$SOURCE_DATE_EPOCH"
find "$out/share/man" -type f -exec gzip -9n {} +
mkdir -p "$out/share/completions"
"$host/senet" completion bash > "$out/share/completions/senet.bash"
"$host/senet" completion zsh > "$out/share/completions/_senet"
"$host/senet" completion fish > "$out/share/completions/senet.fish"
"$host/senet" completion powershell > "$out/share/completions/senet.ps1"
rm -r "$host"
echo 'modules'
test/deps.sh texts > "$out/share/licences.txt"
packaging/sbom.sh "$version" > "$out/senet-$version.cdx.json"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$out" -cf - share |
  gzip -9n > "$out/senet-$version-share.tar.gz"

"$go" run -trimpath -buildvcs=false ./packaging/compat "$out/compat"
# Directories too, whose times are in the apk.
find "$out/share" "$out/compat" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

nfpm=bin/nfpm
[ -x "$nfpm" ] || GOBIN=$PWD/bin CGO_ENABLED=0 "$go" install github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0
for arch in amd64 arm64 ppc64le s390x riscv64; do
  for format in deb rpm apk; do
    echo "$format     $arch"
    ARCH=$arch VERSION=$version BINARY=$out/senet-$version-linux-$arch \
      "$nfpm" package --config packaging/nfpm.yaml --packager "$format" --target "$out/" > /dev/null
  done
done
for format in deb rpm apk; do
  echo "$format     senet-compat"
  VERSION=$version "$nfpm" package --config "$out/compat/nfpm.yaml" --packager "$format" --target "$out/" > /dev/null
done

rm -r "$out/share" "$out/compat" # they are in the archive and in the packages
(cd "$out" && sha256sum -- * > "SHA256SUMS")
if [ -n "${SENET_RELEASE_KEY:-}" ]; then
  gpg --batch --yes --local-user "$SENET_RELEASE_KEY" --armor --detach-sign "$out/SHA256SUMS"
fi
echo "done    $out: $(find "$out" -type f | wc -l) files"
