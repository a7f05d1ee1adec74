package sysroot

import (
	"os"
	"strings"
)

// ReadInput returns the content of a file that a person named, of at most limit bytes: a regular
// file of the running system, or an open file of the process, which the shell calls /dev/fd/N and
// which may be a pipe.
func ReadInput(name string, limit int64) ([]byte, error) {
	if !given(name) {
		return Root{}.ReadFile(name, limit)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(f, limit)
}

// given reports whether a name stands for an open file of this process.
func given(name string) bool {
	number, ok := strings.CutPrefix(name, "/dev/fd/")
	if !ok {
		number, ok = strings.CutPrefix(name, "/proc/self/fd/")
	}
	return name == "/dev/stdin" || ok && number != "" && strings.Trim(number, "0123456789") == ""
}
