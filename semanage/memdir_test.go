package semanage

import (
	"os"
	"testing"
)

// MemDir returns a directory for a test, in memory where the system has a file
// system there: hundreds of stores are made and thrown away.
func MemDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "senet-test")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
