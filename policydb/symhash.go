package policydb

// SymbolHash is the hash function by which a libsepol orders symbol tables.
type SymbolHash uint8

// The hash functions.
const (
	HashShift SymbolHash = iota // libsepol up to 3.5
	HashDJB2a                   // libsepol 3.6 and later
)

// Sum returns the hash of a name. It mirrors symhash of libsepol/src/symtab.c.
func (h SymbolHash) Sum(name string) uint32 {
	if h == HashDJB2a {
		v := uint32(5381)
		for i := range len(name) {
			v = (v<<5 + v) ^ uint32(name[i])
		}
		return v
	}
	v := uint32(0)
	for i := range len(name) {
		// The C code adds a signed char.
		v = (v<<4 | v>>28) ^ uint32(int32(int8(name[i])))
	}
	return v
}

// SymbolHash returns the hash function that the policy's tables of types and
// classes are ordered by, or come nearest to being ordered by: which libsepol
// wrote them, as far as can be seen.
func (p *Policy) SymbolHash() SymbolHash {
	if p.descents(HashDJB2a) < p.descents(HashShift) {
		return HashDJB2a
	}
	return HashShift
}

// descents counts the neighbours in the symbol tables that are not in the order
// of the hash: 0 where libsepol wrote the tables with it.
func (p *Policy) descents(h SymbolHash) int {
	n := 0
	count := func(size, buckets uint32, name func(i uint32) string) {
		for buckets < size {
			buckets *= 2
		}
		last := uint32(0)
		for i := range size {
			bucket := h.Sum(name(i)) & (buckets - 1)
			if bucket < last {
				n++
			}
			last = bucket
		}
	}
	count(uint32(len(p.Types.Items)), bucketsTypes, func(i uint32) string { return p.Types.Items[i].Name })
	count(uint32(len(p.Classes.Items)), bucketsClasses, func(i uint32) string { return p.Classes.Items[i].Name })
	return n
}
