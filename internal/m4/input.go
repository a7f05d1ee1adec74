package m4

// An input is the unread rest of one file, after the text that macros expanded to. An expansion is
// written before the next byte, so that words, quotes and calls can begin in an expansion and end
// in the text after it, as in m4.
type input struct {
	buf []byte
	pos int
	// file is where the unchanged bytes of the file begin, those that no macro has put back: at
	// len(buf) minus their number.
	file int
	size int // of the file
	// line is the line of the byte at the file offset counted.
	line, counted int
	text          string // the file
}

// headroom is free space before a new file.
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

// skip skips n bytes.
func (in *input) skip(n int) {
	in.pos += n
	if in.pos > in.file {
		in.file = in.pos
	}
}

// back makes room for n bytes before the next one. The caller fills it.
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

// offset returns how many bytes of the file are read.
func (in *input) offset() int { return in.size - (len(in.buf) - in.file) }

// lineAt returns the line of an offset of the file. It is fast for increasing offsets; for others
// it counts again from the beginning.
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
