package compile_test

import (
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
)

// BenchmarkDebian reads all modules of Debian's default policy, and compiles them
// when they are read.
func BenchmarkDebian(b *testing.B) {
	names := modules(b, "default")
	opts := with(mlsOn).opts
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := compile.ReadModules(names, opts); err != nil {
				b.Fatal(err)
			}
		}
	})
	list, err := compile.ReadModules(names, opts)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := compile.Build(list, opts); err != nil {
				b.Fatal(err)
			}
		}
	})
}
