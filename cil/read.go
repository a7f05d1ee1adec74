package cil

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// A Reader parses sources into a table of symbols. The files that it returns do
// not keep their texts, which they read again for a message; so reading many
// sources takes the memory of the largest. A Reader is for one goroutine at a
// time; its files, and its table, are for any.
type Reader struct {
	table  *Table
	buffer []byte
	recent []recentText
	// blockSize is how large the blocks of files are that are read again; 0 for none.
	blockSize int
}

// NewReader returns a reader.
func NewReader(table *Table) *Reader { return &Reader{table: table, recent: newRecent(maxText)} }

// Table returns the reader's table.
func (r *Reader) Table() *Table { return r.table }

// Parse reads a source of which it keeps nothing. again, which may be nil,
// returns the source anew, for the lines that messages show. The error is a
// [*SyntaxError].
func (r *Reader) Parse(name string, source []byte, again func() (string, error)) (*File, error) {
	// The parser copies what stays.
	text := unsafe.String(unsafe.SliceData(source), len(source))
	p := parser{src: text, lent: true, file: &File{Name: name, table: r.table, again: again}, recent: r.recent,
		blockSize: r.blockSize}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return p.file, nil
}

// ReadFile reads and parses a file. The error is a [*SyntaxError] or a
// [*fs.PathError].
func (r *Reader) ReadFile(name string) (*File, error) {
	text, err := r.read(name)
	if err != nil {
		return nil, err
	}
	return r.Parse(name, text, func() (string, error) {
		text, err := (&Reader{}).read(name)
		return string(text), err
	})
}

// maxText is the largest file that is read. All modules of Fedora take some MB.
const maxText = 256 << 20

var errTooLarge = errors.New("more than 256 MiB, which no policy is")

var errSpecial = errors.New("is a FIFO, a socket or a device, not a regular file")

// open refuses files that are not regular: opening a FIFO would wait for a writer, and
// reading a device can have effects. A file that the process was given open, such as
// /dev/fd/N of the shell, may be a pipe.
func open(name string) (*os.File, error) {
	flags := os.O_RDONLY
	if !given(name) {
		flags |= syscall.O_NONBLOCK
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		if errors.Is(err, syscall.ENXIO) { // a socket
			err = &fs.PathError{Op: "open", Path: name, Err: errSpecial}
		}
		return nil, err
	}
	if info, err := f.Stat(); err == nil && !given(name) &&
		info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice) != 0 {
		_ = f.Close() // it was only opened
		return nil, &fs.PathError{Op: "open", Path: name, Err: errSpecial}
	}
	return f, nil
}

// given reports whether a name stands for an open file of this process.
func given(name string) bool {
	number, ok := strings.CutPrefix(name, "/dev/fd/")
	if !ok {
		number, ok = strings.CutPrefix(name, "/proc/self/fd/")
	}
	return name == "/dev/stdin" || name == os.DevNull || ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// read returns the text of a file, in the buffer.
func (r *Reader) read(name string) ([]byte, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		if info.Size() > maxText {
			return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
		}
		// One byte more, so that the read that finds the end has room.
		if n := int(info.Size()) + 1; n > len(r.buffer) {
			r.buffer = make([]byte, n+n/4)
		}
	}
	at := 0
	for {
		if at == len(r.buffer) {
			r.buffer = append(r.buffer, make([]byte, max(1<<16, len(r.buffer)))...)
		}
		n, err := f.Read(r.buffer[at:])
		if at += n; at > maxText {
			return nil, &fs.PathError{Op: "read", Path: name, Err: errTooLarge}
		}
		if err == io.EOF {
			return r.buffer[:at], nil
		}
		if err != nil {
			return nil, err
		}
	}
}
