package refpolicy

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// mapFile returns the content of a file, which is read when it is first looked at. The caller must not use it after
// release.
func mapFile(f *os.File) (data []byte, release func(), err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() == 0 {
		return nil, nil, errIndex
	}
	data, err = unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return data, func() { _ = unix.Munmap(data) }, nil // nothing is left to do
}

// whenGone calls release when nobody uses the index any more.
func (x *Index) whenGone(release func()) {
	runtime.AddCleanup(x, func(f func()) { f() }, release)
}
