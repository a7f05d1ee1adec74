package policydb

import "unsafe"

// slabSize is the number of bytes that a slab allocates at once: with the eight that the runtime
// puts in front, one of its size classes.
const slabSize = 8<<10 - 8

// A slab hands out short slices, cut from long ones. The runtime keeps the slices of each
// length apart, and touches three pages for the first of a length: a policy has slices of
// thirty lengths for its permissions alone.
type slab[T any] struct{ free []T }

// take returns n zero values that nobody else has.
func (s *slab[T]) take(n int) []T {
	var one T
	chunk := slabSize / int(unsafe.Sizeof(one))
	switch {
	case n == 0:
		return []T{}
	case n > chunk/4:
		return make([]T, n)
	case n > len(s.free):
		s.free = make([]T, chunk)
	}
	part := s.free[:n:n]
	s.free = s.free[n:]
	return part
}

// newTable returns n zero values which are about to be filled, all of them.
func newTable[T any](n int) []T {
	list := make([]T, n)
	if n > 0 {
		populate(unsafe.Pointer(unsafe.SliceData(list)), n*int(unsafe.Sizeof(list[0])))
	}
	return list
}

// joined puts the parts of a table together.
func joined(parts ...string) string {
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	b := newBuffer(n)
	for _, part := range parts {
		b = append(b, part...)
	}
	return unsafe.String(unsafe.SliceData(b), len(b)) // nobody writes to b again
}
