package audit

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Unpack returns the text of a log: the bytes of r, decompressed if they begin like gzip. A log that begins like
// xz, zstd or bzip2 is an error, which names the program to pipe it through. Nothing is read before the first Read.
func Unpack(r io.Reader) io.Reader { return &unpacker{src: r} }

type unpacker struct {
	src  io.Reader
	text io.Reader
	err  error
}

func (u *unpacker) Read(b []byte) (int, error) {
	if u.text == nil && u.err == nil {
		u.text, u.err = unpack(u.src)
	}
	if u.err != nil {
		return 0, u.err
	}
	return u.text.Read(b)
}

// unpack chooses the reader by the first bytes.
func unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	magic, err := in.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, other := range [...]struct{ magic, name, program string }{
		{"\xfd7zXZ\x00", "xz", "xzcat"}, {"\x28\xb5\x2f\xfd", "zstd", "zstdcat"}, {"BZh", "bzip2", "bzcat"},
	} {
		if bytes.HasPrefix(magic, []byte(other.magic)) {
			return nil, fmt.Errorf("compressed by %s: pipe it through %s", other.name, other.program)
		}
	}
	if text, ok := wide(in); ok {
		return text, nil
	}
	if !bytes.HasPrefix(magic, []byte("\x1f\x8b")) {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return &ahead{src: z}, nil
}

// An ahead decompresses the next piece while the caller reads the present one.
type ahead struct {
	src    io.Reader
	pieces chan piece
	free   chan []byte
	stop   chan struct{}
	now    piece
	buffer []byte
}

type piece struct {
	text []byte
	err  error
}

// aheadPiece is the size of a piece in bytes; three are in use.
const aheadPiece = 128 << 10

func (a *ahead) Read(b []byte) (int, error) {
	if a.pieces == nil {
		a.pieces, a.free, a.stop = make(chan piece, 1), make(chan []byte, 3), make(chan struct{})
		for range 3 {
			a.free <- make([]byte, aheadPiece)
		}
		go a.run()
	}
	for len(a.now.text) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.buffer != nil {
			a.free <- a.buffer
		}
		a.now = <-a.pieces
		a.buffer = a.now.text[:cap(a.now.text)]
	}
	n := copy(b, a.now.text)
	a.now.text = a.now.text[n:]
	return n, nil
}

func (a *ahead) run() {
	for {
		var b []byte
		select {
		case b = <-a.free:
		case <-a.stop:
			return
		}
		n := 0
		var err error
		for n < len(b) && err == nil {
			var m int
			m, err = a.src.Read(b[n:])
			n += m
		}
		select {
		case a.pieces <- piece{b[:n], err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

// Close ends the decompression. It must not be called while Read runs.
func (a *ahead) Close() error {
	if a.pieces != nil {
		close(a.stop)
	}
	return nil
}
