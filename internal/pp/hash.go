package pp

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// The initial sizes of libsepol's tables of a module and of a block. A table doubles when it has as
// many names as buckets.
var (
	moduleSizes = [NumTables]uint32{2, 32, 16, 512, 128, 16, 16, 16}
	blockSizes  = [NumTables]uint32{2, 4, 8, 32, 16, 4, 2, 2}
)

const permSize = 32

// A hashed table finds names, and keeps them in libsepol's order.
type hashed struct {
	names []string
	order []int32 // by bucket, then by name
	start []int32 // where each bucket begins in order, and where the last one ends
	mask  uint32
	hash  policydb.SymbolHash
}

func newHashed(names []string, size uint32, h policydb.SymbolHash) hashed {
	for size < uint32(len(names)) {
		size *= 2
	}
	t := hashed{names: names, order: make([]int32, len(names)), start: make([]int32, size+1), mask: size - 1, hash: h}
	buckets := make([]uint32, len(names))
	for i, name := range names {
		buckets[i] = h.Sum(name) & t.mask
		t.start[buckets[i]+1]++
	}
	for i := range size {
		t.start[i+1] += t.start[i]
	}
	next := slices.Clone(t.start)
	for i, b := range buckets {
		t.order[next[b]] = int32(i)
		next[b]++
	}
	for b := range size {
		slices.SortStableFunc(t.order[t.start[b]:t.start[b+1]], func(i, j int32) int {
			return strings.Compare(names[i], names[j])
		})
	}
	return t
}

// twice returns a name that is in the table twice, or "" if there is none.
func (t *hashed) twice() string {
	for i := 1; i < len(t.order); i++ {
		if name := t.names[t.order[i]]; name == t.names[t.order[i-1]] {
			return name
		}
	}
	return ""
}

// find returns the index of a name, or -1.
func (t *hashed) find(name string) int {
	bucket := t.hash.Sum(name) & t.mask
	for _, i := range t.order[t.start[bucket]:t.start[bucket+1]] {
		if t.names[i] == name {
			return int(i)
		}
	}
	return -1
}

// Buckets returns the size that a module's table has with n symbols. size is the size before, 0 for
// a new table: libsepol enlarges it before it checks whether it already has a symbol.
func Buckets(table int, size uint32, n int) uint32 {
	size = max(size, moduleSizes[table])
	for size <= uint32(n) {
		size *= 2
	}
	return size
}

// Order returns the indexes of names in the order in which libsepol writes a module's table with at
// least buckets buckets.
func Order(names []string, table int, buckets uint32, h policydb.SymbolHash) []int32 {
	return newHashed(names, max(buckets, moduleSizes[table]), h).order
}

// BlockOrder is Order for a table of a block.
func BlockOrder(names []string, table int, h policydb.SymbolHash) []int32 {
	return newHashed(names, blockSizes[table], h).order
}

// PermOrder is Order for the permissions of a class or a common.
func PermOrder(names []string, h policydb.SymbolHash) []int32 {
	return newHashed(names, permSize, h).order
}
