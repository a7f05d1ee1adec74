package audit

import (
	"errors"
	"io"
	"math"
	"os"
	"syscall"
)

const (
	seekData = 3 // SEEK_DATA of lseek(2)
	seekHole = 4
)

// withoutHoles reads a file and replaces each hole by one line break. Logs have holes: a program that does not
// append continues at its old offset after its file was emptied (copytruncate of logrotate). A crafted file may
// have holes of any size.
func withoutHoles(f *os.File) io.Reader {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return f // devices and pipes have no holes
	}
	return &holed{f: f}
}

type holed struct {
	f       *os.File
	at, end int64 // the file has data from at to end
}

func (h *holed) Read(b []byte) (int, error) {
	for h.at == h.end {
		before := h.at
		switch err := h.next(); {
		case err != nil:
			return 0, err
		case h.at > before && before > 0:
			b[0] = '\n'
			return 1, nil
		}
	}
	n, err := h.f.Read(b[:min(int64(len(b)), h.end-h.at)])
	h.at += int64(n)
	return n, err
}

// next finds the data after h.at. If the file or its file system does not know holes, all is data.
func (h *holed) next() error {
	data, err := h.f.Seek(h.at, seekData)
	if errors.Is(err, syscall.ENXIO) {
		return io.EOF
	}
	end := int64(math.MaxInt64)
	if err == nil {
		end, err = h.f.Seek(data, seekHole)
	}
	if err != nil || data < h.at || end <= data {
		h.end = math.MaxInt64
		if _, err := h.f.Seek(h.at, io.SeekStart); err != nil && h.at > 0 {
			return err
		}
		return nil
	}
	if _, err := h.f.Seek(data, io.SeekStart); err != nil {
		return err
	}
	h.at, h.end = data, end
	return nil
}
