// Package testenv tells tests what this machine offers: programs on PATH and
// the reference policies that Debian installs. A test that needs something
// missing is skipped with the reason, except under CI=true, where it fails.
package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Need skips the test unless every named program is on PATH. Under CI=true a
// missing program fails the test instead.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			Missing(t, "program "+name+" is not on PATH")
		}
	}
}

// Policy returns the path of the binary policy that Debian's package
// selinux-policy-KIND installs; kind is "default" or "mls". Without that file
// the test is skipped, or failed under CI=true.
func Policy(t testing.TB, kind string) string {
	t.Helper()
	switch kind {
	case "default", "mls":
	default:
		t.Fatalf("testenv.Policy: kind %q is neither default nor mls", kind)
	}
	path := "/etc/selinux/" + kind + "/policy/policy.33"
	if _, err := os.Stat(path); err != nil {
		Missing(t, "package selinux-policy-"+kind+" is not installed: "+err.Error())
	}
	return path
}

// Missing ends the test because something is missing, which reason names: as skipped, or as
// failed under CI=true.
func Missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("CI=true: ", reason)
	}
	t.Skip(reason)
}

// CacheDir returns a directory, made if need be, for what tests build once and
// keep: senet-test/SUBJECT under the user's cache directory, or under the
// directory for temporary files where the user has none that can be used.
func CacheDir(subject string) (string, error) {
	base, err := os.UserCacheDir()
	if err == nil {
		err = os.MkdirAll(base, 0o700)
	}
	if err != nil {
		base = filepath.Join(os.TempDir(), "cache-"+strconv.Itoa(os.Getuid()))
	}
	dir := filepath.Join(base, "senet-test", subject)
	return dir, os.MkdirAll(dir, 0o700)
}
