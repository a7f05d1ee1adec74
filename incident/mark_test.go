package incident_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/incident"
)

// What stands behind a mark, whatever became of the file.
func TestMark(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(t *testing.T, log string)
	}{
		{"nothing", "", func(*testing.T, string) {}},
		{"grown", "new\n", func(t *testing.T, log string) { add(t, log, "new\n") }},
		{"renamed", "last\nnew\n", func(t *testing.T, log string) {
			add(t, log, "last\n")
			rename(t, log, log+".1")
			add(t, log, "new\n")
		}},
		{"renamed twice", "last\nmiddle\nnew\n", func(t *testing.T, log string) {
			add(t, log, "last\n")
			rename(t, log, log+".2")
			add(t, log+".1", "middle\n")
			add(t, log, "new\n")
		}},
		{"not renamed to a log", "new\n", func(t *testing.T, log string) {
			rename(t, log, filepath.Join(filepath.Dir(log), "old"))
			add(t, log, "new\n")
		}},
		// The times of the events tell which of these are new.
		{"cut short", "new\n", func(t *testing.T, log string) {
			write(t, log, "new\n")
		}},
		{"compressed", "old\nlast\nnew\n", func(t *testing.T, log string) {
			add(t, log, "last\n")
			text, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			z := gzip.NewWriter(&b)
			_, _ = z.Write(text)
			_ = z.Close()
			write(t, log+".1.gz", b.String())
			write(t, log+".new", "new\n")
			rename(t, log+".new", log)
		}},
		{"gone", "", func(t *testing.T, log string) {
			if err := os.Remove(log); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := filepath.Join(t.TempDir(), "audit.log")
			write(t, log, "old\n")
			mark, err := incident.MarkLog(log)
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, log)
			if got := since(t, mark); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A log that is there only later is all new.
func TestMarkMissing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	mark, err := incident.MarkLog(log)
	if err != nil {
		t.Fatal(err)
	}
	add(t, log, "new\n")
	if got := since(t, mark); got != "new\n" {
		t.Errorf("%q", got)
	}
	if _, err := incident.MarkLog(t.TempDir()); err == nil {
		t.Error("a directory was marked")
	}
}

// A record that the daemon writes after the command has ended counts.
func TestMarkLate(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	write(t, log, "old\n")
	mark, err := incident.MarkLog(log)
	if err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(incident.Settle/4, func() { add(t, log, "late\n") })
	defer late.Stop()
	if got := since(t, mark); got != "late\n" {
		t.Errorf("%q", got)
	}
}

func since(t *testing.T, mark *incident.Mark) string {
	t.Helper()
	s, err := mark.Since()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text, err := io.ReadAll(s.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func add(t *testing.T, name, text string) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.WriteString(text)
		_ = file.Close()
	}
	if err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
