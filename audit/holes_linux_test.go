package audit

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A log with holes is read quickly, whatever its size, and the text before and after a hole stands on separate
// lines. A log without holes is read byte for byte.
func TestHoles(t *testing.T) {
	const page = 64 << 10
	for _, c := range []struct {
		name string
		make func(f *os.File) error
		want string // without the zeros that fill blocks
	}{
		{"none", func(f *os.File) error { _, err := f.WriteString("one\ntwo"); return err }, "one\ntwo"},
		{"nothing", func(*os.File) error { return nil }, ""},
		{"all of it", func(f *os.File) error { return f.Truncate(1 << 42) }, ""},
		{"in front", func(f *os.File) error { _, err := f.WriteAt([]byte("two\n"), 1<<40); return err }, "two\n"},
		{"in the middle", func(f *os.File) error {
			if _, err := f.WriteString("one"); err != nil {
				return err
			}
			_, err := f.WriteAt([]byte("two\n"), 1<<40)
			return err
		}, "one\ntwo\n"},
		{"behind", func(f *os.File) error {
			if _, err := f.WriteString("one\n"); err != nil {
				return err
			}
			return f.Truncate(1 << 42)
		}, "one\n\n"},
	} {
		name := filepath.Join(t.TempDir(), "log")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.make(f); err != nil {
			testenv.Missing(t, "no files with holes: "+c.name+": "+err.Error())
		}
		f.Close()
		files, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan string, 1)
		go func() {
			text, err := io.ReadAll(io.LimitReader(files, 16*page))
			if err != nil {
				t.Error(err)
			}
			done <- strings.ReplaceAll(string(text), "\x00", "")
		}()
		select {
		case got := <-done:
			if strings.TrimRight(got, "\n") != strings.TrimRight(c.want, "\n") {
				t.Errorf("%s: %.100q, want %q", c.name, got, c.want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: does not come to the end", c.name)
		}
		files.Close()
	}
}
