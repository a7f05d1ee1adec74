package m4

// An input is the rest of one file that is to be read, with the text that macros made in
// front of it. Text is put back by writing it in front of the next byte, so that words,
// quotes and calls reach from an expansion into what follows it, as in m4.
type input struct {
	buf []byte
	pos int
	// file is where bytes of the file begin that no macro has put back: at len(buf)
	// minus what is left of the file.
	file int
	size int // of the file
	// line is the one of the byte at counted, an offset of the file.
	line, counted int
	text          string // the file
}

// headroom is free space in front of a new file.
const headroom = 1 << 12

func (in *input) reset(text string) {
	need := headroom + len(text)
	if cap(in.buf) < need {
		in.buf = make([]byte, need)
	}
	in.buf = in.buf[:cap(in.buf)]
	in.pos = len(in.buf) - len(text)
	copy(in.buf[in.pos:], text)
	in.file, in.size, in.text = in.pos, len(text), text
	in.line, in.counted = 1, 0
}

func (in *input) rest() []byte { return in.buf[in.pos:] }

// skip goes over n bytes.
func (in *input) skip(n int) {
	in.pos += n
	if in.pos > in.file {
		in.file = in.pos
	}
}

// back makes room for n bytes in front of the next one, to be filled by the caller.
func (in *input) back(n int) []byte {
	if n > in.pos {
		left := len(in.buf) - in.pos
		grown := make([]byte, 2*(left+n)+headroom)
		copy(grown[len(grown)-left:], in.buf[in.pos:])
		in.file += len(grown) - len(in.buf)
		in.pos, in.buf = len(grown)-left, grown
	}
	in.pos -= n
	return in.buf[in.pos : in.pos+n]
}

// offset returns how much of the file is read.
func (in *input) offset() int { return in.size - (len(in.buf) - in.file) }

// lineAt returns the line of an offset of the file. Offsets are asked for in order, or
// counted from the beginning again.
func (in *input) lineAt(offset int) int {
	if offset < in.counted {
		in.line, in.counted = 1, 0
	}
	for ; in.counted < offset; in.counted++ {
		if in.text[in.counted] == '\n' {
			in.line++
		}
	}
	return in.line
}
