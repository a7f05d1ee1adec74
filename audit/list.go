package audit

// A list grows by whole chunks, so that nothing moves: memory that is touched
// for the first time costs more than all that is done to a denial.
type list[T any] struct {
	chunks [][]T
	n      int
}

const chunkSize = 512

func (l *list[T]) len() int { return l.n }

func (l *list[T]) at(i int32) *T {
	return &l.chunks[uint32(i)/chunkSize][uint32(i)%chunkSize]
}

func (l *list[T]) add(v T) {
	if l.n == len(l.chunks)*chunkSize {
		l.chunks = append(l.chunks, make([]T, chunkSize))
	}
	l.n++
	*l.at(int32(l.n - 1)) = v
}

// pieces hold texts, one behind the other, which do not move.
type pieces [][]byte

// A place is where a text begins: the number of its piece, from 1, and in the low
// half the offset.
type place uint64

const pieceSize = 256 << 10

func (p *pieces) add(text []byte) place {
	last := len(*p) - 1
	if last < 0 || cap((*p)[last])-len((*p)[last]) < len(text) {
		*p = append(*p, make([]byte, 0, max(pieceSize, len(text))))
		last++
	}
	at := place(last+1)<<32 | place(len((*p)[last]))
	(*p)[last] = append((*p)[last], text...)
	return at
}

// from returns what begins at a place: a text, and those behind it.
func (p pieces) from(at place) []byte { return p[at>>32-1][uint32(at):] }

// fresh returns a table of zeros, which it writes: where a page of memory is read
// before it is first written, the kernel maps it twice.
func fresh[T any](n int) []T {
	table := make([]T, n)
	clear(table)
	return table
}
