package compile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

// FuzzCompile: no CIL makes the compiler panic, and what it makes is read back
// as it was written. The mode chooses options.
func FuzzCompile(f *testing.F) {
	for i, text := range append(strings.Split(cases, "\n%\n"), moreCases(f, "newer", "deny", "deny-expressions")...) {
		f.Add(text, uint8(i))
	}
	standing := parse(f, "base.cil", cilgen.Base)
	f.Fuzz(func(t *testing.T, text string, mode uint8) {
		file, err := cil.ParseFile("fuzz.cil", text)
		if err != nil {
			return
		}
		files := []*cil.File{standing, file}
		if mode&1 != 0 {
			files = files[1:]
		}
		r, err := compile.Compile(files, compile.Options{
			Libsepol:      compile.OldestRelease * compile.Release(mode>>6&1),
			MultipleDecls: mode&2 != 0, Optimize: mode&4 != 0, PreserveTunables: mode&8 != 0,
			ExpandGenerated: mode&16 != 0, QualifiedNames: mode&32 != 0,
		})
		if err != nil {
			return
		}
		binary := r.Policy.Encode()
		again, err := policydb.Decode(binary)
		if err != nil {
			return // such as a port above 65535, which libsepol writes
		}
		if !bytes.Equal(again.Encode(), binary) {
			t.Error("what was compiled is not what is read")
		}
		n := 0
		for range again.AVTab.All() {
			if len(r.Origins.Rule(n)) == 0 {
				t.Errorf("rule %d comes from nowhere", n)
			}
			n++
		}
	})
}
