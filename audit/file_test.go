package audit

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func gz(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRotated: the oldest file first, compressed or not, and no file that only has a similar name.
func TestRotated(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"audit.log", "audit.log.1", "audit.log.2.gz", "audit.log.10.gz", "audit.log.bak",
		"audit.log.d", "audit.logx", "audit.log-", "messages", "messages-20251109.gz", "messages-20251116"} {
		write(t, dir, name, nil)
	}
	for _, c := range []struct{ path, want string }{
		{"audit.log", "audit.log.10.gz audit.log.2.gz audit.log.1 audit.log"},
		{"messages", "messages-20251109.gz messages-20251116 messages"},
	} {
		names, err := Rotated(filepath.Join(dir, c.path))
		if err != nil {
			t.Fatal(err)
		}
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
	if err := os.Remove(filepath.Join(dir, "audit.log")); err != nil {
		t.Fatal(err)
	}
	if names, err := Rotated(filepath.Join(dir, "audit.log")); err != nil || len(names) != 3 {
		t.Errorf("without the newest: %v, %v", names, err)
	}
	if _, err := Rotated(filepath.Join(dir, "none.log")); !os.IsNotExist(err) {
		t.Errorf("none.log: %v", err)
	}
}

// TestFiles: gzip recognised by its content, an event that spans two files, a last line without its newline, and a
// broken file after which the others are still read.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	first := avcLine(1760000000, 1) + strings.TrimSuffix(avcLine(1760000010, 2), "\n")
	write(t, dir, "audit.log.3", gz(t, first)) // the name does not say gzip
	write(t, dir, "audit.log.2", gz(t, avcLine(1760000015, 9))[:40])
	write(t, dir, "audit.log.1",
		[]byte(`type=SYSCALL msg=audit(1760000010.000:2): arch=c000003e syscall=42 success=no exit=-13 a0=1 pid=2 `+
			`comm="x" exe="/x"`+"\n"))
	write(t, dir, "audit.log", []byte(avcLine(1760000020, 3)))
	names, err := Rotated(filepath.Join(dir, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := Open(names...)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	r := NewReader(files, Options{})
	var serials []uint64
	var failed error
	for e, err := range r.Events() {
		if err != nil {
			failed = err
			break
		}
		serials = append(serials, e.Serial)
		if e.Serial == 2 && e.Syscall == nil {
			t.Error("an event that spans two files was not joined")
		}
	}
	if len(serials) != 3 || serials[2] != 3 {
		t.Errorf("serials %d", serials)
	}
	if failed == nil || !strings.Contains(failed.Error(), "audit.log.2") {
		t.Errorf("the broken file: %v", failed)
	}
	if done, total := files.Progress(); done != total || total == 0 {
		t.Errorf("%d of %d bytes", done, total)
	}
	if _, err := Open(dir); err == nil {
		t.Error("a directory opens")
	}
	if _, err := Open(filepath.Join(dir, "none")); !os.IsNotExist(err) {
		t.Error(err)
	}
}
