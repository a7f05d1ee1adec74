package setools

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// A tail is the part of a type enforcement rule after its target: the class and the permissions, extended
// permissions or resulting type. All rules of a policy share few tails, so each tail is written once.
type tail struct {
	class    policy.ClassID
	perms    policy.AccessVector
	dflt     policy.TypeID
	xperms   int32 // index in tails.xperms, -1 where the rule has none
	named    bool
	fileName string
}

// tails collects the tails of rules. A tail is addressed by its number.
type tails struct {
	p      *policy.Policy
	all    []tail
	xperms []policydb.XPerms
	common tailIndex
	named  map[tail]uint32
}

// number returns the number of a rule's tail.
func (t *tails) number(r *query.TERule) uint32 {
	if r.Kind&policy.XPermRules != 0 {
		t.xperms = append(t.xperms, t.p.XPerms(r.Rule))
		return t.add(tail{class: r.Class, xperms: int32(len(t.xperms) - 1)})
	}
	v := tail{class: r.Class, perms: r.Perms, dflt: r.Default, xperms: -1, named: r.Named, fileName: r.FileName}
	if r.Named {
		return t.namedNumber(v)
	}
	key := uint64(v.class)<<32 | uint64(v.perms)
	if r.Kind&policy.TypeRules != 0 {
		key = 1<<63 | uint64(v.class)<<32 | uint64(v.dflt)
	}
	at := t.common.find(key)
	if *at == 0 {
		*at = t.add(v) + 1
	}
	return *at - 1
}

// namedNumber is number for type_transitions with a file name. All rules of one tail come in a row.
func (t *tails) namedNumber(v tail) uint32 {
	if n := len(t.all); n > 0 && t.all[n-1] == v {
		return uint32(n - 1)
	}
	if t.named == nil {
		t.named = make(map[tail]uint32)
	}
	n, ok := t.named[v]
	if !ok {
		n = t.add(v)
		t.named[v] = n
	}
	return n
}

func (t *tails) add(v tail) uint32 {
	t.all = append(t.all, v)
	return uint32(len(t.all) - 1)
}

// A tailIndex is a hash table from a key, never 0, to the number of a tail plus 1.
type tailIndex struct {
	keys   []uint64
	values []uint32
	used   int
}

// find returns the address of the value of a key; the value of a new key is 0. The address is valid until the next
// call.
func (x *tailIndex) find(key uint64) *uint32 {
	if x.used*2 >= len(x.keys) {
		x.grow()
	}
	i := x.slot(key)
	if x.keys[i] == 0 {
		x.keys[i] = key
		x.used++
	}
	return &x.values[i]
}

func (x *tailIndex) slot(key uint64) uint64 {
	mask := uint64(len(x.keys) - 1)
	h := key * 0x9e3779b97f4a7c15
	for i := (h ^ h>>32) & mask; ; i = (i + 1) & mask {
		if x.keys[i] == key || x.keys[i] == 0 {
			return i
		}
	}
}

func (x *tailIndex) grow() {
	old := *x
	size := max(256, 4*len(old.keys))
	x.keys, x.values = make([]uint64, size), make([]uint32, size)
	for i, key := range old.keys {
		if key != 0 {
			at := x.slot(key)
			x.keys[at], x.values[at] = key, old.values[i]
		}
	}
}

// permNames writes access vectors. It keeps the order of each class's permissions by name.
type permNames struct {
	p      *policy.Policy
	sorted [][]uint8 // by class: bits in the order of the names; nil where not made yet
}

func newPermNames(p *policy.Policy) *permNames {
	return &permNames{p: p, sorted: make([][]uint8, p.MaxClass()+1)}
}

// order returns the bits that have a name, in the order of the names.
func (n *permNames) order(class policy.ClassID) []uint8 {
	if n.sorted[class] == nil {
		names := n.p.Perms(class)
		bits := make([]uint8, 0, len(names))
		for bit, name := range names {
			if name != "" {
				bits = append(bits, uint8(bit))
			}
		}
		slices.SortFunc(bits, func(a, b uint8) int { return strings.Compare(names[a], names[b]) })
		n.sorted[class] = bits
	}
	return n.sorted[class]
}

// append appends the permissions of an access vector by name, several in braces.
func (n *permNames) append(b []byte, class policy.ClassID, av policy.AccessVector) []byte {
	names := n.p.Perms(class)
	start, count := len(b), 0
	b = append(b, "{ "...)
	for _, bit := range n.order(class) {
		if av>>bit&1 != 0 {
			b = append(append(b, names[bit]...), ' ')
			count++
		}
	}
	if count != 1 {
		return append(b, '}')
	}
	return append(b[:start], b[start+2:len(b)-1]...)
}
