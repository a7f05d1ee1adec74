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

// sourceVariable names a git repository of the sources of SELinux's userspace, a
// directory or what else git clones, whose tags are the releases.
const sourceVariable = "SENET_TEST_SELINUX"

// sourceReleases are those that no suite of Debian has.
var sourceReleases = []string{"3.5", "3.6", "3.7", "3.9", "3.10"}

// SourceSecilcs returns the secilc of the releases that no suite of Debian has, built
// of the sources that SENET_TEST_SELINUX names; none where it is not set. Building them
// needs make, cc and flex.
func SourceSecilcs(t testing.TB) []*Secilc {
	t.Helper()
	from := os.Getenv(sourceVariable)
	if from == "" {
		return nil
	}
	testenv.Need(t, "git", "make", "cc", "flex")
	var list []*Secilc
	for _, version := range sourceReleases {
		s, err := buildSecilc(from, version)
		if err != nil {
			t.Fatalf("secilc %s: %v", version, err)
		}
		list = append(list, s)
	}
	return list
}

// buildSecilc builds a release once.
func buildSecilc(from, version string) (*Secilc, error) {
	cache, err := testenv.CacheDir("secilc-source")
	if err != nil {
		return nil, err
	}
	s := &Secilc{Version: version, program: filepath.Join(cache, version)}
	if _, err := os.Stat(s.program); err == nil {
		return s, nil
	}
	tmp, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	ctx, cancel := context.WithTimeout(context.Background(), 2*fetchTime)
	defer cancel()
	for _, script := range []string{
		`git clone -q --depth=1 --branch "$2" "$1" src`,
		`make -s -C src/libsepol/src CFLAGS="-O2 -w" libsepol.a`,
		`cd src/libsepol; cc -O2 -w -Iinclude -Icil/include -o ../../secilc ../secilc/secilc.c src/libsepol.a`,
	} {
		cmd := exec.CommandContext(ctx, "sh", "-ec", script, "sh", from, version)
		cmd.Dir = tmp
		cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", script, err, out)
		}
	}
	return s, os.Rename(filepath.Join(tmp, "secilc"), s.program)
}
