package cil

import (
	"errors"
	"io"
	"io/fs"
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
			buffer := make([]byte, 1<<17)
			for {
				i := int(next.Add(1) - 1)
				if i >= len(names) {
					return
				}
				text, err := readText(names[i], buffer)
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

// maxText is the largest file that is read. All modules of Fedora are some MB; a
// device has no end.
const maxText = 256 << 20

var errTooLarge = errors.New("more than 256 MiB, which no policy is")

// readText reads a file by way of a buffer.
func readText(name string, buffer []byte) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		if info.Size() > maxText {
			return "", &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
		}
		b.Grow(int(info.Size()) + 1)
	}
	for {
		n, err := f.Read(buffer)
		if b.Len()+n > maxText {
			return "", &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
		}
		b.Write(buffer[:n])
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
	}
}
