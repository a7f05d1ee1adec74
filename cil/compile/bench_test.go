package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
)

// BenchmarkDebian reads all modules of Debian's default policy, and compiles them
// when they are read.
func BenchmarkDebian(b *testing.B) {
	names := testenv.Modules(b, "default")
	opts := compile.Options{Libsepol: compile.OldestRelease, MLS: ptr(true)}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := compile.ReadModules(names, opts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			list, err := compile.ReadModules(names, opts)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := compile.Build(list, opts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		again := changing(b, names, opts)
		for b.Loop() {
			again()
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

// changing returns what changes a module and builds all by a cache: each time the
// module of Apache gets another rule and another type.
func changing(b *testing.B, names []string, opts compile.Options) func() {
	cache := compile.NewCache(opts)
	list := make([]*compile.Module, len(names))
	read := func(i int, more string) {
		text, err := os.ReadFile(names[i])
		if err != nil {
			b.Fatal(err)
		}
		if list[i], err = cache.Module(names[i], append(text, more...), nil); err != nil {
			b.Fatal(err)
		}
	}
	for i := range names {
		read(i, "")
	}
	at := slices.IndexFunc(names, func(name string) bool { return filepath.Base(name) == "apache.cil" })
	n := 0
	again := func() {
		n++
		read(at, fmt.Sprintf("(type more%d_t)(allow httpd_t more%[1]d_t (file (read)))", n))
		if _, err := cache.Build(list); err != nil {
			b.Fatal(err)
		}
	}
	again()
	return again
}
