package access

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// An index answers many questions. It has the active access rules sorted by source as written and,
// for each source type in a question, a sourceRow: the sum of its own rules and those of its
// attributes.
//
// Targets are not expanded. Instead each type has a bitmap of the ids that it shares with other
// types, its attributes, which have their own numbers.
type index struct {
	p     *policy.Policy
	types []typeInfo // by TypeID
	start []uint32   // by source as written: where its rules begin
	rules []indexRule

	shared     []uint16        // TypeID -> 1 + its number among the ids that other types have too, 0 if no other has it
	sharedIDs  []policy.TypeID // the ids with these numbers; number 0 is unused
	attrWords  int             // words of one type's bitmap of shared ids
	attrBitmap []uint64        // by TypeID, attrWords each; nil if it would be too large

	only    []bool // by ClassID: the classes whose rules are in rules; nil for all
	widened int    // how often only was extended

	rows    []*sourceRow // by TypeID, nil until needed
	rowSize int          // bytes in rows
	build   rowBuilder

	programs programs
}

type typeInfo struct {
	bounds policy.TypeID
	flags  Flags
}

// An indexRule is an active access rule.
type indexRule struct {
	class, target uint16
	kind          policy.RuleKind
	data          policy.AccessVector
}

// maxAttrWords bounds attrBitmap to 32 MiB. No policy in use comes near; one
// that exceeds it has tens of thousands of types and attributes.
const maxAttrWords = 4 << 20

// newIndex makes the index by one counting sort over the rules of some classes, nil for all.
// Another class is added at its first question.
func newIndex(p *policy.Policy, classes []policy.ClassID) *index {
	n := int(p.MaxType()) + 1
	x := &index{p: p, types: make([]typeInfo, n), rows: make([]*sourceRow, n), programs: newPrograms(p)}
	if classes != nil {
		x.only = make([]bool, int(p.MaxClass())+1)
		for _, class := range classes {
			if int(class) < len(x.only) {
				x.only[class] = true
			}
		}
	}
	for id := range policy.TypeID(n) {
		info := &x.types[id]
		info.bounds = p.Bounds(id)
		if p.IsPermissive(id) {
			info.flags |= Permissive
		}
		if p.IsNeverAudit(id) {
			info.flags |= NeverAudit
		}
	}
	x.sortRules(n)
	x.shareAttributes(n)
	return x
}

// mostWidened is the number of classes that are added to an index one by one; the next question
// indexes all classes.
const mostWidened = 3

// widen adds a class to the index, and reports whether it was missing.
func (x *index) widen(class policy.ClassID) bool {
	if x.only == nil || int(class) >= len(x.only) || x.only[class] {
		return false
	}
	x.only[class] = true
	if x.widened++; x.widened > mostWidened {
		x.only = nil
	}
	clear(x.rows)
	x.rowSize = 0
	x.sortRules(len(x.types))
	return true
}

func (x *index) sortRules(n int) {
	x.start = make([]uint32, n+1)
	total := 0
	for key := range x.keysInForce() {
		x.start[key.Source()+1]++
		total++
	}
	for i := 1; i <= n; i++ {
		x.start[i] += x.start[i-1]
	}
	next := slices.Clone(x.start[:n])
	x.rules = make([]indexRule, total)
	for key, data := range x.keysInForce() {
		at := &next[key.Source()]
		x.rules[*at] = indexRule{key.Class(), key.Target(), key.Kind() & policy.AccessRules, policy.AccessVector(data)}
		*at++
	}
}

// keysInForce yields the key and datum of each access rule that is active with the policy's
// booleans.
func (x *index) keysInForce() func(yield func(policydb.AVKey, uint32) bool) {
	return func(yield func(policydb.AVKey, uint32) bool) {
		db := x.p.DB()
		if !x.accessRules(db.AVTab, yield) {
			return
		}
		for i := range db.Conditionals {
			id, c := policy.CondID(i+1), &db.Conditionals[i]
			if x.p.BranchEnabled(id, true) && !x.accessRules(c.True, yield) {
				return
			}
			if x.p.BranchEnabled(id, false) && !x.accessRules(c.False, yield) {
				return
			}
		}
	}
}

func (x *index) accessRules(tab policydb.AVTab, yield func(policydb.AVKey, uint32) bool) bool {
	size := uint32(0)
	for off := uint32(0); off < tab.Size(); off += size {
		key := tab.Key(off)
		size = key.Size()
		if key.Kind()&policy.AccessRules == 0 || x.only != nil && int(key.Class()) < len(x.only) &&
			!x.only[key.Class()] {
			continue
		}
		if !yield(key, tab.Data(off)) {
			return false
		}
	}
	return true
}

// shareAttributes numbers the ids that apply to several types, and gives each type its bitmap of
// them.
func (x *index) shareAttributes(n int) {
	x.shared = make([]uint16, n)
	maps := x.p.DB().TypeAttrMap
	x.sharedIDs = []policy.TypeID{0}
	for i := range maps {
		for bit := range maps[i].All() {
			if int(bit) != i && int(bit)+1 < n && x.shared[bit+1] == 0 {
				x.shared[bit+1] = uint16(len(x.sharedIDs))
				x.sharedIDs = append(x.sharedIDs, policy.TypeID(bit+1))
			}
		}
	}
	x.attrWords = (len(x.sharedIDs) + 63) / 64
	if n*x.attrWords > maxAttrWords {
		return
	}
	x.attrBitmap = make([]uint64, n*x.attrWords)
	for id := 1; id < n; id++ {
		words := x.attrBitmap[id*x.attrWords:][:x.attrWords]
		if s := x.shared[id]; s != 0 {
			words[s/64] |= 1 << (s % 64)
		}
		if id > len(maps) {
			continue
		}
		for bit := range maps[id-1].All() {
			if int(bit)+1 < n {
				if s := x.shared[bit+1]; s != 0 {
					words[s/64] |= 1 << (s % 64)
				}
			}
		}
	}
}

func (x *index) flags(id policy.TypeID) Flags {
	if uint(id) < uint(len(x.types)) {
		return x.types[id].flags
	}
	return 0
}

func (x *index) bounds(id policy.TypeID) policy.TypeID {
	if uint(id) < uint(len(x.types)) {
		return x.types[id].bounds
	}
	return 0
}

// decide joins all active rules between two types.
func (x *index) decide(source, target policy.TypeID, class policy.ClassID) teDecision {
	te := teDecision{auditDeny: ^policy.AccessVector(0)}
	if uint(source) >= uint(len(x.rows)) || uint(target) >= uint(len(x.types)) {
		return te
	}
	row := x.rows[source]
	if row == nil {
		row = x.row(source)
	}
	run := row.run(class)
	if run.attrs == 0 && run.types == 0 {
		if !x.widen(class) {
			return te
		}
		row = x.row(source)
		run = row.run(class)
	}
	first := int(run.start)
	if run.attrs > 0 {
		targets := row.targets[first : first+int(run.attrs)]
		if x.attrBitmap != nil {
			words := x.attrBitmap[int(target)*x.attrWords:][:x.attrWords]
			for i, s := range targets {
				if words[s/64]>>(s%64)&1 != 0 {
					te.join(&row.data[first+i])
				}
			}
		} else {
			for i, s := range targets {
				if x.hasShared(target, s) {
					te.join(&row.data[first+i])
				}
			}
		}
		first += int(run.attrs)
	}
	if run.types > 0 {
		targets := row.targets[first : first+int(run.types)]
		// Branch-free: the loop ends with lo at the last target not above ours.
		lo, n := 0, len(targets)
		for n > 1 {
			half := n / 2
			if targets[lo+half] <= uint16(target) {
				lo += half
			}
			n -= half
		}
		if targets[lo] == uint16(target) {
			te.join(&row.data[first+lo])
		}
	}
	return te
}

// runOf returns the run of a source for a class, and the row that has it.
func (x *index) runOf(source policy.TypeID, class policy.ClassID) (*sourceRow, run) {
	row := x.rows[source]
	if row == nil {
		row = x.row(source)
	}
	r := row.run(class)
	if r.attrs == 0 && r.types == 0 && x.widen(class) {
		row = x.row(source)
		r = row.run(class)
	}
	return row, r
}

// hasShared reports whether the shared id number s applies to a type. It replaces the bitmaps for a
// policy that is too large for them.
func (x *index) hasShared(target policy.TypeID, s uint16) bool {
	if x.shared[target] == s {
		return true
	}
	maps := x.p.DB().TypeAttrMap
	if target == 0 || int(target) > len(maps) {
		return false
	}
	for bit := range maps[target-1].All() {
		if int(bit)+1 < len(x.shared) && x.shared[bit+1] == s {
			return true
		}
	}
	return false
}

func (te *teDecision) join(other *teDecision) {
	te.allowed |= other.allowed
	te.auditAllow |= other.auditAllow
	te.auditDeny &= other.auditDeny
}
