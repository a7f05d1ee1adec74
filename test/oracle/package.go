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

// Headers returns the directory of refpolicy's headers, as Debian's package
// selinux-policy-dev has them. The package is not installed: what has them would answer
// otherwise than what has not.
func Headers(t testing.TB) string {
	t.Helper()
	return filepath.Join(Unpacked(t, "selinux-policy-dev"), "usr/share/selinux/devel")
}

// Unpacked returns a directory with the files of a package of Debian, which apt
// downloads and checks. It is kept in the cache directory. Where it cannot be had the
// test is skipped, or failed under CI=true.
func Unpacked(t testing.TB, name string) string {
	t.Helper()
	cache, err := testenv.CacheDir("packages")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, name)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := unpackPackage(cache, name); err != nil {
		testenv.Missing(t, fmt.Sprintf("package %s cannot be downloaded: %v", name, err))
	}
	return dir
}

func unpackPackage(cache, name string) error {
	tmp, err := os.MkdirTemp(cache, name+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "apt-get", "-q", "-o", "APT::Sandbox::User=", "download", name)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get download: %w: %s", err, out)
	}
	debs, err := filepath.Glob(filepath.Join(tmp, "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("apt-get download left %d packages", len(debs))
	}
	root := filepath.Join(tmp, "root")
	if out, err := exec.CommandContext(ctx, "dpkg-deb", "-x", debs[0], root).CombinedOutput(); err != nil {
		return fmt.Errorf("dpkg-deb: %w: %s", err, out)
	}
	dir := filepath.Join(cache, name)
	if err := os.Rename(root, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			return err
		}
	}
	return nil
}
