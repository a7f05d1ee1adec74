package cil

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// ReadFiles reads and parses files, on all processors, in their order. The error
// joins those of all files that cannot be read or parsed, as [*SyntaxError] or
// [*io/fs.PathError].
func ReadFiles(names []string) ([]*File, error) {
	files := make([]*File, len(names))
	errs := make([]error, len(names))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				i := int(next.Add(1) - 1)
				if i >= len(names) {
					return
				}
				text, err := readText(names[i])
				if err == nil {
					files[i], err = ParseFile(names[i], text)
				}
				errs[i] = err
			}
		}()
	}
	workers.Wait()
	return files, errors.Join(errs...)
}

// readText reads a file without copying it.
func readText(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil && info.Size() < 1<<31 {
		b.Grow(int(info.Size()) + 1)
	}
	_, err = io.Copy(&b, f)
	return b.String(), err
}
