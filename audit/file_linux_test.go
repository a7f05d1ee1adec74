package audit

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestFileChanges: if a log is replaced by a FIFO after the check, reading does not wait for a writer.
func TestFileChanges(t *testing.T) {
	name := t.TempDir() + "/audit.log"
	if err := os.WriteFile(name, []byte("type=AVC\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(os.Remove(name), syscall.Mkfifo(name, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f); err == nil || !strings.Contains(err.Error(), "is a FIFO") {
		t.Errorf("%v", err)
	}
}
