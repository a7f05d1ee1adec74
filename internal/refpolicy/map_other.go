//go:build !linux

package refpolicy

import (
	"io"
	"os"
)

// mapFile returns the content of a file.
func mapFile(f *os.File) (data []byte, release func(), err error) {
	data, err = io.ReadAll(f)
	return data, func() {}, err
}

func (*Index) whenGone(func()) {}
