package policydiff

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A universe numbers the names of two policies: the same name has the same id. Id 0 is no
// name.
type universe struct {
	types   names
	classes names
	perms   []names // by class
	conds   names   // by the text of the expression
	sides   [2]side
	lists   [2][]entry // memory for the rules of one kind

	// extents are the sets of types that rules use. An extent below firstSet is one type,
	// 0 is the empty set, and sets[e-firstSet] is any other set. Equal sets have equal
	// extents, in both policies.
	firstSet uint32
	sets     []words
	byTypes  map[string]uint32
	sorted   []uint32 // types by name
	rank     []uint32 // the position of each type in sorted
}

// A side maps the ids of one policy to the shared ones.
type side struct {
	p       *policy.Policy
	types   []uint32 // 0 for attributes
	extents []uint32 // of types and attributes
	classes []uint32
	perms   [][]uint8 // by class: the shared number of each bit; nil if they are the same
	named   []uint64  // by class: the bits with a permission; rules may have others
	conds   []uint32
	bitmaps map[policydb.Bitmap]uint32 // extents of sets of types
}

// names numbers strings from 1 on.
type names struct {
	list []string
	ids  map[string]uint32
}

func (n *names) id(name string) uint32 {
	if n.ids == nil {
		n.ids, n.list = make(map[string]uint32), []string{""}
	}
	id, ok := n.ids[name]
	if !ok {
		id = uint32(len(n.list))
		n.ids[name] = id
		n.list = append(n.list, name)
	}
	return id
}

func newUniverse(before, after *policy.Policy) *universe {
	u := &universe{byTypes: make(map[string]uint32)}
	u.types.ids, u.types.list = make(map[string]uint32, before.MaxType()), make([]string, 1, before.MaxType())
	for i, p := range []*policy.Policy{before, after} {
		s := &u.sides[i]
		s.p = p
		s.types = make([]uint32, p.MaxType()+1)
		for id := range p.Types() {
			s.types[id] = u.types.id(p.TypeName(id))
		}
		s.classes, s.perms = make([]uint32, p.MaxClass()+1), make([][]uint8, p.MaxClass()+1)
		s.named = make([]uint64, p.MaxClass()+1)
		for id := range p.Classes() {
			u.addClass(s, id)
		}
		s.conds = []uint32{0}
		for id := range p.Conds() {
			s.conds = append(s.conds, u.conds.id(condKey(p, id)))
		}
	}
	u.firstSet = uint32(len(u.types.list))
	for i := range u.sides {
		u.addExtents(&u.sides[i])
	}
	u.sorted = make([]uint32, u.firstSet-1)
	for i := range u.sorted {
		u.sorted[i] = uint32(i) + 1
	}
	slices.SortFunc(u.sorted, func(a, b uint32) int { return cmp.Compare(u.types.list[a], u.types.list[b]) })
	u.rank = make([]uint32, u.firstSet)
	for i, id := range u.sorted {
		u.rank[id] = uint32(i)
	}
	return u
}

func (u *universe) addClass(s *side, id policy.ClassID) {
	class := u.classes.id(s.p.ClassName(id))
	s.classes[id] = class
	for len(u.perms) <= int(class) {
		u.perms = append(u.perms, names{})
	}
	same := true
	perms := s.p.Perms(id)
	list := make([]uint8, len(perms))
	for i, name := range perms {
		if name == "" {
			list[i] = 64 // not a permission
			same = false
			continue
		}
		list[i] = uint8(u.perms[class].id(name) - 1)
		same = same && int(list[i]) == i
	}
	s.named[id] = 1<<len(perms) - 1
	if !same {
		s.perms[id] = list
	}
}

// condKey identifies the expression of a conditional by its text, as SETools does, so
// that a && b differs from b && a.
func condKey(p *policy.Policy, id policy.CondID) string { return p.CondText(id) }

// addExtents numbers the type sets of the types and attributes of a policy.
func (u *universe) addExtents(s *side) {
	s.bitmaps = make(map[policydb.Bitmap]uint32)
	s.extents = slices.Clone(s.types)
	members := make([]words, len(s.types))
	set := policy.NewSet(s.p.MaxType())
	for id := range s.p.Types() {
		s.p.AttributesInto(&set, id)
		for a := range set.All() {
			if s.types[a] != 0 {
				continue
			}
			if members[a] == nil {
				members[a] = u.newWords()
			}
			members[a].add(s.types[id])
		}
	}
	for a, w := range members {
		if w != nil {
			s.extents[a] = u.extent(w)
		}
	}
}

func (u *universe) newWords() words { return make(words, (u.firstSet+63)/64) }

// extent returns the extent of a set and stores the set.
func (u *universe) extent(w words) uint32 {
	n, one := 0, uint32(0)
	for id := range w.all() {
		if n++; n > 1 {
			break
		}
		one = id
	}
	if n < 2 {
		return one
	}
	key := make([]byte, 0, 8*len(w))
	for _, x := range w {
		key = binary.LittleEndian.AppendUint64(key, x)
	}
	e, ok := u.byTypes[string(key)]
	if !ok {
		e = u.firstSet + uint32(len(u.sets))
		u.byTypes[string(key)] = e
		u.sets = append(u.sets, w)
	}
	return e
}

// extentOf returns the extent of a set of types or attributes from the policy file.
func (u *universe) extentOf(s *side, b policydb.Bitmap) uint32 {
	if e, ok := s.bitmaps[b]; ok {
		return e
	}
	w := u.newWords()
	for bit := range b.All() {
		if int(bit)+1 < len(s.extents) {
			u.join(w, s.extents[bit+1])
		}
	}
	e := u.extent(w)
	s.bitmaps[b] = e
	return e
}

// same returns, by type of one policy, the type of the other with the same name, or 0.
func (u *universe) same(one int) []policy.TypeID {
	here, there := u.sides[one].types, u.sides[1-one].types
	others := make([]policy.TypeID, u.firstSet)
	for id, shared := range there {
		if shared != 0 {
			others[shared] = policy.TypeID(id)
		}
	}
	list := make([]policy.TypeID, len(here))
	for id, shared := range here {
		list[id] = others[shared]
	}
	return list
}

// join adds the types of an extent to a set.
func (u *universe) join(w words, extent uint32) {
	switch {
	case extent == 0:
	case extent < u.firstSet:
		w.add(extent)
	default:
		for i, x := range u.sets[extent-u.firstSet] {
			w[i] |= x
		}
	}
}

// access returns an access vector with the shared numbers of the permissions.
func (s *side) access(class policy.ClassID, av policy.AccessVector) uint64 {
	list := s.perms[class]
	if list == nil {
		return uint64(av) & s.named[class]
	}
	var shared uint64
	for i, n := range list {
		if av&(1<<i) != 0 && n < 64 {
			shared |= 1 << n
		}
	}
	return shared
}

// permNames returns the names of permissions, sorted.
func (u *universe) permNames(class uint32, shared uint64) []string {
	var list []string
	for i, name := range u.perms[class].list {
		if i > 0 && shared&(1<<(i-1)) != 0 {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
