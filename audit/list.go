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
