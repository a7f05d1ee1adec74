package policy

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/senet-selinux/senet/policydb"
)

// A nameIndex finds types, attributes and aliases by their names. The first few questions walk over
// all symbols, which costs less than a table of them; later ones look into a hash table.
type nameIndex struct {
	asked atomic.Int32
	once  sync.Once
	seed  maphash.Seed
	slots []uint32 // open addressing: an index of the symbols + 1, or 0
}

// walkedNames is the number of questions that walk: a table costs about as much as 30 walks.
const walkedNames = 16

// find returns the first symbol with a name, nil if there is none.
func (x *nameIndex) find(items []policydb.Type, name string) *policydb.Type {
	if x.asked.Load() < walkedNames {
		x.asked.Add(1)
		for i := range items {
			if items[i].Name == name {
				return &items[i]
			}
		}
		return nil
	}
	x.once.Do(func() { x.build(items) })
	return x.lookup(items, name)
}

func (x *nameIndex) build(items []policydb.Type) {
	size := 16
	for size < 2*len(items) {
		size *= 2
	}
	x.seed, x.slots = maphash.MakeSeed(), make([]uint32, size)
	for i := range items {
		at := x.slot(items, items[i].Name)
		if x.slots[at] == 0 {
			x.slots[at] = uint32(i) + 1
		}
	}
}

// slot returns the slot that has a name, or the free one that it belongs into.
func (x *nameIndex) slot(items []policydb.Type, name string) uint64 {
	mask := uint64(len(x.slots) - 1)
	at := maphash.String(x.seed, name) & mask
	for x.slots[at] != 0 && items[x.slots[at]-1].Name != name {
		at = (at + 1) & mask
	}
	return at
}

func (x *nameIndex) lookup(items []policydb.Type, name string) *policydb.Type {
	if i := x.slots[x.slot(items, name)]; i != 0 {
		return &items[i-1]
	}
	return nil
}
