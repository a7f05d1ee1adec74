package m4

// names are the macros of one engine by name. Most words of a text are no macros: a filter finds that out for most of
// them, without a look into the map.
type names struct {
	all    map[string]*macro // a nil value hides the one of the engine's base
	filter []uint64          // bits by the hashes of the names; nil if there are none
}

// filterBits is the number of bits of a filter, by its logarithm: for nine thousand names as refpolicy has them, one
// other word of fifteen passes.
const filterBits = 17

// hash returns the number of a name's bit.
func hash[T string | []byte](name T) uint32 {
	h := uint32(0)
	for i := range len(name) {
		h = h*31 + uint32(name[i])
	}
	return h * 0x9e3779b1 >> (32 - filterBits)
}

// set gives a name a macro.
func (n *names) set(name string, m *macro) {
	if n.filter == nil {
		n.all, n.filter = map[string]*macro{}, make([]uint64, 1<<filterBits/64)
	}
	at := hash(name)
	n.filter[at/64] |= 1 << (at % 64)
	n.all[name] = m
}

// get returns the macro of a name with a hash; ok is false if the engine itself has none.
func (n *names) get(name []byte, hash uint32) (m *macro, ok bool) {
	if n.filter == nil || n.filter[hash/64]>>(hash%64)&1 == 0 {
		return nil, false
	}
	m, ok = n.all[string(name)]
	return m, ok
}
