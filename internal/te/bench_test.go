package te_test

import (
	"os"
	"testing"

	"github.com/senet-selinux/senet/internal/te"
)

// BenchmarkCompile compiles a source and encodes the module.
func BenchmarkCompile(b *testing.B) {
	text, err := os.ReadFile("testdata/modules.te")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r, err := te.Compile(string(text), te.Options{MLS: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Module.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}
