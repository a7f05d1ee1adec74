package main

import (
	"compress/bzip2"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/senet-selinux/senet/cil/compile"
)

// compilePairs is smaller than pairs: secilc takes seconds.
const compilePairs = 5

// benchCompile times secilc and senet compile on all modules of Debian's policy,
// as the store has them.
func benchCompile(senet string) error {
	fmt.Printf("\nsecilc, %d paired runs, by the minima, on Debian's modules.\n\n", compilePairs)
	senet, err := filepath.Abs(senet)
	if err != nil {
		return err
	}
	peer, err := exec.LookPath("secilc")
	if err != nil {
		fmt.Println("not run: it needs secilc")
		return nil
	}
	dir, err := os.MkdirTemp("", "bench-compile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files, err := debianModules(dir)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		fmt.Println("not run: it needs the modules of selinux-policy-default")
		return nil
	}
	never := filepath.Join(dir, "never.cil")
	if err := os.WriteFile(never, []byte(neverallows), 0o600); err != nil {
		return err
	}
	fmt.Printf("%-52s %10s %10s %8s %9s\n", "command", "secilc ms", "senet ms", "ratio", "RSS MiB")
	out := []string{"-o", filepath.Join(dir, "policy"), "-f", filepath.Join(dir, "contexts")}
	for _, c := range []struct {
		name        string
		peer, senet []string
	}{
		{"secilc", nil, nil},
		{"secilc -N", []string{"-N"}, []string{"-N"}},
		{"secilc -O -N", []string{"-N", "-O"}, []string{"-N", "-O"}},
		{"secilc, with neverallow rules", []string{never}, []string{never}},
	} {
		theirs, ours := measured{time: time.Hour, cpu: time.Hour}, measured{time: time.Hour, cpu: time.Hour}
		for range compilePairs {
			p, err := measure(peer, slices.Concat([]string{"-M", "true"}, out, c.peer, files))
			if err != nil {
				return err
			}
			own := []string{"compile", "--libsepol", "3.4", "-M", "true"}
			o, err := measure(senet, slices.Concat(own, out, c.senet, files))
			if err != nil {
				return err
			}
			theirs, ours = theirs.best(p), ours.best(o)
		}
		fmt.Printf("%-52s %10.1f %10.2f %7.1fx %4d/%4d\n", c.name, ms(theirs.time), ms(ours.time),
			float64(theirs.time)/float64(ours.time), ours.rss/1024, theirs.rss/1024)
		fmt.Printf("%-52s %10.1f %10.2f %7.1fx\n", "  processor time", ms(theirs.cpu), ms(ours.cpu),
			float64(theirs.cpu)/float64(ours.cpu))
	}
	return benchAgain(files)
}

// benchAgain times in process what a whole build takes, from the files, and a build
// after one module has changed, which gets another type and rule each time.
func benchAgain(files []string) error {
	opts := compile.Options{Libsepol: compile.OldestRelease}
	cache := compile.NewCache(opts)
	modules := make([]*compile.Module, len(files))
	read := func(i int, more string) error {
		text, err := os.ReadFile(files[i])
		if err == nil {
			modules[i], err = cache.Module(files[i], append(text, more...), nil)
		}
		return err
	}
	for i := range files {
		if err := read(i, ""); err != nil {
			return err
		}
	}
	if _, err := cache.Build(modules); err != nil {
		return err
	}
	whole, again := time.Hour, time.Hour
	for n := range 4 * compilePairs {
		start := time.Now()
		fresh, err := compile.ReadModules(files, opts)
		if err != nil {
			return err
		}
		if _, err := compile.Build(fresh, opts); err != nil {
			return err
		}
		whole = min(whole, time.Since(start))
		start = time.Now()
		more := fmt.Sprintf("(type bench%d_t)(allow init_t bench%[1]d_t (file (read)))", n)
		if err := read(len(files)/2, more); err != nil {
			return err
		}
		if _, err := cache.Build(modules); err != nil {
			return err
		}
		again = min(again, time.Since(start))
	}
	fmt.Printf("%-52s %10.1f %10.2f %7.1fx\n", "in process: all, and again after one module changed", ms(whole),
		ms(again),
		float64(whole)/float64(again))
	return nil
}

// neverallows are rules that Debian's policy keeps.
const neverallows = `
(typeattribute bench_none)
(type bench_t)
(roletype object_r bench_t)
(neverallow domain bench_t (file (read write)))
(neverallow domain bench_t (dir (search)))
(neverallow bench_t domain (process (ptrace transition)))
(neverallow file_type bench_t (filesystem (associate)))
`

// debianModules unpacks the modules of Debian's default policy, in the order in
// which libsemanage compiles them.
func debianModules(dir string) ([]string, error) {
	list, err := filepath.Glob("/var/lib/selinux/default/active/modules/100/*/cil")
	if err != nil {
		return nil, err
	}
	var files []string
	for _, path := range list {
		name := filepath.Base(filepath.Dir(path))
		if _, err := os.Stat("/var/lib/selinux/default/active/modules/disabled/" + name); err == nil {
			continue
		}
		packed, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(bzip2.NewReader(packed))
		packed.Close()
		if err != nil {
			return nil, err
		}
		files = append(files, filepath.Join(dir, name+".cil"))
		if err := os.WriteFile(files[len(files)-1], text, 0o600); err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	return files, nil
}
