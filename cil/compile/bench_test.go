package compile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

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
	for _, e := range edits {
		b.Run("again/"+e.what, func(b *testing.B) { pairs(b, names, opts, e) })
	}
	for _, e := range edits {
		b.Run("changed/"+e.what, func(b *testing.B) {
			for again := changing(b, names, opts, e); b.Loop(); {
				again()
			}
		})
	}
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

// An editing changes a module again and again.
type editing struct{ what, module, text string }

// edits are what modules get, with a number for N.
var edits = []editing{
	{"rule", "apache.cil", "(allow httpd_t self (process (signal)))"},
	{"type", "apache.cil", "(type moreN_t)(allow httpd_t moreN_t (file (read)))"},
	{"block", "zabbix.cil", `(block moreN (blockabstract moreN) (type t) (macro m ((type x)) (allow x t (file (read)))))
(block hereN (blockinherit moreN) (call m (httpd_t)) (optional o (allow t nosuch (file (read)))))
(tunable tunN true)(optional outN (call hereN.m (sshd_t)))(in hereN (allow t t (file (read))))`},
	{"base", "base.cil", "(allow kernel_t self (process (signal)))"},
}

// pairs reads and compiles all modules, and then compiles them again by a cache after an
// edit of one. It reports how many times as fast the second is: by the medians of time on
// the clock, and by that of processors, which says more on a machine that is busy.
func pairs(b *testing.B, names []string, opts compile.Options, e editing) {
	again := changing(b, names, opts, e)
	var wall, cpu [2][]float64
	for b.Loop() {
		for n, f := range []func(){
			func() {
				list, err := compile.ReadModules(names, opts)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := compile.Build(list, opts); err != nil {
					b.Fatal(err)
				}
			},
			again,
		} {
			start, used := time.Now(), processorTime(b)
			f()
			wall[n] = append(wall[n], float64(time.Since(start)))
			cpu[n] = append(cpu[n], float64(processorTime(b)-used))
		}
	}
	median := func(list []float64) float64 {
		slices.Sort(list)
		return list[len(list)/2]
	}
	b.ReportMetric(median(wall[0])/median(wall[1]), "x-clock")
	b.ReportMetric(wall[0][0]/wall[1][0], "x-best")
	b.ReportMetric(median(cpu[0])/median(cpu[1]), "x-processor")
	b.ReportMetric(median(cpu[1])/1e6, "ms-processor")
}

// processorTime returns how long the process has run on processors.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// changing returns what changes a module and builds all by a cache.
func changing(b *testing.B, names []string, opts compile.Options, e editing) func() {
	cache := compile.NewCache(opts)
	list := make([]*compile.Module, len(names))
	var text bytes.Buffer // used again, as that of the reader of whole builds
	read := func(i int, more string) {
		f, err := os.Open(names[i])
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		text.Reset()
		if _, err := text.ReadFrom(f); err != nil {
			b.Fatal(err)
		}
		text.WriteString(more)
		if list[i], err = cache.Module(names[i], text.Bytes(), nil); err != nil {
			b.Fatal(err)
		}
	}
	for i := range names {
		read(i, "")
	}
	at := slices.IndexFunc(names, func(name string) bool { return filepath.Base(name) == e.module })
	n := 0
	again := func() {
		n++
		read(at, strings.ReplaceAll(e.text, "N", strconv.Itoa(n))+fmt.Sprintf(" ; %d\n", n))
		if _, err := cache.Build(list); err != nil {
			b.Fatal(err)
		}
	}
	again()
	again()
	if compile.Mended(cache) == 0 {
		b.Fatal("the cache builds all")
	}
	return again
}
