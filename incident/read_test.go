package incident_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

const readDenial = `type=AVC msg=audit(1732952345.123:456): avc:  denied  { name_bind } for  pid=812 comm="a" ` +
	`src=81 scontext=u:r:a_t:s0 tcontext=u:object_r:b_t:s0 tclass=tcp_socket permissive=0` + "\n"

// TestSourceLog: a source says how much of it was read, and why it has no findings.
func TestSourceLog(t *testing.T) {
	for _, c := range []struct {
		text   string
		counts int
		empty  error
	}{
		{readDenial, 1, nil},
		{"\x00" + readDenial, 1, nil},
		{"nothing of interest\n", 0, nil},
		{"\x7fELF\x00\x00\n", 0, incident.ErrNoText},
		{strings.Repeat("x\n", 2<<20) + "\x00", 0, nil}, // only the first bytes tell
		{"", 0, incident.ErrNothingToRead},
	} {
		in := &incident.Source{Name: "that log", Reader: strings.NewReader(c.text)}
		log, err := in.Log(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(log.Kinds()); got != c.counts {
			t.Errorf("%.20q: %d denials, want %d", c.text, got, c.counts)
		}
		if read, total := in.Progress(); read != int64(len(c.text)) || total != 0 {
			t.Errorf("%.20q: read %d of %d", c.text, read, total)
		}
		if err := in.Empty(log); !errors.Is(err, c.empty) || (err == nil) != (c.empty == nil) {
			t.Errorf("%.20q: %v, want %v", c.text, err, c.empty)
		}
	}
}

// TestSourceLogFails: the error names the log once, and what came before it is kept.
func TestSourceLogFails(t *testing.T) {
	broken := errors.New("broken")
	in := &incident.Source{Name: "that log", Reader: io.MultiReader(strings.NewReader(readDenial), failing{broken})}
	log, err := in.Log(nil)
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "that log: ") || len(log.Kinds()) != 1 {
		t.Errorf("%v, %d denials", err, len(log.Kinds()))
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(readDenial))
	_ = w.Close()
	name := filepath.Join(t.TempDir(), "audit.log.gz")
	if err := os.WriteFile(name, packed.Bytes()[:packed.Len()-6], 0o600); err != nil {
		t.Fatal(err)
	}
	if in, err = incident.OpenFiles(name); err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	_, err = in.Log(nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) || strings.Count(err.Error(), name) != 1 ||
		!strings.Contains(err.Error(), "cut off") {
		t.Errorf("cut file: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
