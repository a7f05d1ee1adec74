package audit

import "hash/maphash"

// A groupKey is what tells groups apart.
type groupKey struct {
	kind int32
	port uint16
}

func (g *group) key() groupKey { return groupKey{g.kind, g.port} }

// A groupIndex finds groups by their keys: open addressing over the numbers
// of the groups, a power of two of slots of which at most half are taken.
type groupIndex struct {
	seed  uint64  // ports may be chosen to collide
	slots []int32 // number + 1, 0 for none
}

func newGroupIndex() groupIndex {
	return groupIndex{seed: maphash.Bytes(maphash.MakeSeed(), nil)}
}

func (x *groupIndex) slot(key groupKey) uint32 {
	h := ((uint64(key.kind)<<16 | uint64(key.port)) ^ x.seed) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32) * 0x9e3779b97f4a7c15
	return uint32(h>>32) & uint32(len(x.slots)-1)
}

// find returns the group, or -1.
func (x *groupIndex) find(groups *list[group], key groupKey) int32 {
	if len(x.slots) == 0 {
		return -1
	}
	for at := x.slot(key); ; at = (at + 1) & uint32(len(x.slots)-1) {
		n := x.slots[at] - 1
		if n < 0 || groups.at(n).key() == key {
			return n
		}
	}
}

// add adds the last of the groups, which must not be there yet.
func (x *groupIndex) add(groups *list[group], n int32) {
	if 2*groups.len() > len(x.slots) {
		x.slots = fresh[int32](max(256, 2*len(x.slots)))
		for i := range int32(groups.len()) {
			x.put(groups, i)
		}
		return
	}
	x.put(groups, n)
}

func (x *groupIndex) put(groups *list[group], n int32) {
	at := x.slot(groups.at(n).key())
	for x.slots[at] != 0 {
		at = (at + 1) & uint32(len(x.slots)-1)
	}
	x.slots[at] = n + 1
}
