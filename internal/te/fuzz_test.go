package te_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/te"
)

// FuzzCompile: no source makes the compiler panic, and what it makes can be read.
func FuzzCompile(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.te")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), true, uint32(0))
	}
	for _, c := range mistakes {
		f.Add(head+c.text, false, uint32(0))
	}
	f.Fuzz(func(t *testing.T, text string, mls bool, version uint32) {
		if version != 0 {
			version = pp.MinVersion + version%(pp.SourceVersion-pp.MinVersion+1)
		}
		r, err := te.Compile(text, te.Options{MLS: mls, Version: version})
		if err != nil {
			return
		}
		if len(text) < 1<<12 {
			if _, err := r.Module.CIL(); err != nil {
				t.Log(err)
			}
		}
		data, err := r.Module.Encode()
		if err != nil {
			return // what its version cannot hold
		}
		m, err := pp.DecodeModule(data)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := m.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatal("what is read is not what was written: ", err)
		}
	})
}
