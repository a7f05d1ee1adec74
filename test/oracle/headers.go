package oracle

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// headersVariable lists git repositories with the sources of refpolicy or of Fedora's policy, directories or what else
// git clones, as PATH lists directories. The word "fetch" stands for fedoraPolicy.
const headersVariable = "SENET_TEST_HEADERS"

const fedoraPolicy = "https://github.com/fedora-selinux/selinux-policy"

// MoreHeaders returns directories of headers made of the sources that SENET_TEST_HEADERS lists, as their makefile
// installs them but without documentation; the test is skipped where it is not set. Making them needs git, make, m4
// and Python.
func MoreHeaders(t testing.TB) []string {
	t.Helper()
	list := filepath.SplitList(os.Getenv(headersVariable))
	if len(list) == 0 {
		t.Skipf("no sources of other policies: set %s to fetch, or to git repositories", headersVariable)
	}
	testenv.Need(t, "git", "make", "m4", "python3")
	var dirs []string
	for _, from := range list {
		if from == "fetch" {
			from = fedoraPolicy
		}
		dir, err := makeHeaders(from)
		if err != nil {
			t.Fatalf("%s: %v", from, err)
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

// headersScript makes headers of a repository $1: interfaces are copied, those of ports are generated. The sources of
// the modules are kept beside them, for what they define.
const headersScript = `set -e
git clone -q --depth=1 "$1" src
make -s -C src NAME=targeted TYPE=mcs DISTRO=redhat MONOLITHIC=n policy/modules/kernel/corenetwork.if \
	policy/modules/kernel/corenetwork.te >&2
mkdir -p headers/support headers/sources
cp src/policy/modules/*/*.te headers/sources/
for more in global_booleans global_tunables; do
	cp "src/policy/$more" "headers/sources/$more.te"
done
cp src/policy/support/*.spt headers/support/
python3 -E src/support/genclassperms.py src/policy/flask/access_vectors src/policy/flask/security_classes \
	> headers/support/all_perms.spt
for layer in src/policy/modules/*/; do
	mkdir -p "headers/$(basename "$layer")"
	cp "$layer"*.if "headers/$(basename "$layer")/"
done
printf '%s\n' 'TYPE ?= mcs' 'NAME ?= targeted' 'DISTRO ?= redhat' 'MONOLITHIC ?= n' 'DIRECT_INITRC ?= n' \
	'override UBAC := n' 'override MLS_SENS := 16' 'override MLS_CATS := 1024' 'override MCS_CATS := 1024' \
	> headers/build.conf
`

// makeHeaders makes the headers of a repository once for each of its commits.
func makeHeaders(from string) (string, error) {
	cache, err := testenv.CacheDir("headers")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
	defer cancel()
	head, err := exec.CommandContext(ctx, "git", "ls-remote", from, "HEAD").Output()
	if err != nil || len(head) < 40 {
		return "", fmt.Errorf("git ls-remote: %w", err)
	}
	dir := filepath.Join(cache, string(head[:40])+"-sources")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	tmp, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	cmd := exec.CommandContext(ctx, "sh", "-c", headersScript, "sh", from)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, os.Rename(filepath.Join(tmp, "headers"), dir)
}
