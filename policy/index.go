package policy

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/senet-selinux/senet/policydb"
)

// ruleIndex lists the rules of a class by source. Each class is indexed at its first use: a
// question about the network needs three or four of more than a hundred.
type ruleIndex struct {
	mu      sync.Mutex                     // protects writes to classes
	classes []atomic.Pointer[[]indexEntry] // by ClassID
	built   int                            // how many classes were indexed one by one
}

// An indexEntry is a rule's address, with the parts of its key that a lookup tests, so that it need
// not read the rule. The entries of a class are sorted by source, and in the policy's order within
// each.
type indexEntry struct {
	addr           RuleAddr
	source, target uint16
}

// singleClasses is the number of classes that are indexed one by one, each with a scan over all
// rules. The next one indexes all others, in two scans.
const singleClasses = 8

// RulesFrom yields the rules written with exactly this source, a type or an
// attribute, and this class, whose target as written is in targets, in the
// policy's order. The first question about a class indexes its rules.
func (t *tables) RulesFrom(source TypeID, class ClassID, targets Set[TypeID]) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		list := t.classRules(class)
		first, _ := slices.BinarySearchFunc(list, source, bySource)
		for _, e := range list[first:] {
			if TypeID(e.source) != source {
				return
			}
			if targets.Has(TypeID(e.target)) && !yield(t.RuleAt(e.addr)) {
				return
			}
		}
	}
}

// RulesExactly yields the rules written with exactly this source, target and
// class, in the policy's order.
func (t *tables) RulesExactly(source, target TypeID, class ClassID) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		list := t.classRules(class)
		first, _ := slices.BinarySearchFunc(list, source, bySource)
		for _, e := range list[first:] {
			if TypeID(e.source) != source {
				return
			}
			if TypeID(e.target) == target && !yield(t.RuleAt(e.addr)) {
				return
			}
		}
	}
}

// RulesFor yields the rules of a class that apply to a source type, by its name
// or by an attribute, and whose target as written is in targets: by the source as
// written, and in the policy's order for each.
func (t *tables) RulesFor(source TypeID, class ClassID, targets Set[TypeID]) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		list := t.classRules(class)
		for a := range t.attributeIDs(source) {
			for len(list) > 0 && TypeID(list[0].source) < a {
				list = list[skip(list, a):]
			}
			for ; len(list) > 0 && TypeID(list[0].source) == a; list = list[1:] {
				if e := &list[0]; targets.Has(TypeID(e.target)) && !yield(t.RuleAt(e.addr)) {
					return
				}
			}
		}
	}
}

func bySource(e indexEntry, source TypeID) int { return int(e.source) - int(source) }

// skip returns how many entries can be skipped before a later source: at least one, and none of the
// source or after it.
func skip(list []indexEntry, source TypeID) int {
	step := 1
	for 2*step < len(list) && TypeID(list[2*step-1].source) < source {
		step *= 2
	}
	return step
}

// attributeIDs yields a type and its attributes, ascending.
func (t *tables) attributeIDs(id TypeID) iter.Seq[TypeID] {
	return func(yield func(TypeID) bool) {
		own := true // id is still to come
		for bit := range t.attrBitmap(id).All() {
			a := TypeID(bit + 1)
			if own && a >= id {
				own = false
				if a != id && !yield(id) {
					return
				}
			}
			if !yield(a) {
				return
			}
		}
		if own {
			yield(id)
		}
	}
}

// classRules returns the entries of a class.
func (t *tables) classRules(class ClassID) []indexEntry {
	x := &t.index
	if uint(class) >= uint(len(x.classes)) {
		return nil
	}
	if list := x.classes[class].Load(); list != nil {
		return *list
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if list := x.classes[class].Load(); list != nil {
		return *list
	}
	x.built++
	wanted := NewSet(t.MaxClass())
	if x.built <= singleClasses {
		wanted.Add(class)
	} else {
		for id := range ClassID(len(x.classes)) {
			if x.classes[id].Load() == nil {
				wanted.Add(id)
			}
		}
	}
	t.indexClasses(wanted)
	return *x.classes[class].Load()
}

// indexClasses makes two counting sorts: by class, then in each class by source.
func (t *tables) indexClasses(wanted Set[ClassID]) {
	start := make([]uint32, int(t.MaxClass())+2)
	for _, key := range t.ruleKeys(wanted) {
		start[key.Class()+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	entries := make([]indexEntry, start[len(start)-1])
	next := slices.Clone(start)
	for addr, key := range t.ruleKeys(wanted) {
		at := &next[key.Class()]
		entries[*at] = indexEntry{addr, key.Source(), key.Target()}
		*at++
	}
	var bySource []uint32
	for class := range wanted.All() {
		list := entries[start[class]:start[class+1]:start[class+1]]
		if !slices.IsSortedFunc(list, func(a, b indexEntry) int { return int(a.source) - int(b.source) }) {
			if bySource == nil {
				bySource = make([]uint32, int(t.MaxType())+2)
			}
			list = sortBySource(list, bySource)
		}
		t.index.classes[class].Store(&list)
	}
}

// sortBySource returns the entries sorted by source; next is memory for it to
// count in.
func sortBySource(list []indexEntry, next []uint32) []indexEntry {
	clear(next)
	for i := range list {
		next[list[i].source+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	sorted := make([]indexEntry, len(list))
	for i := range list {
		at := &next[list[i].source]
		sorted[*at] = list[i]
		*at++
	}
	return sorted
}

// ruleKeys yields the address and key of each rule of some classes, in the
// policy's order.
func (t *tables) ruleKeys(classes Set[ClassID]) iter.Seq2[RuleAddr, policydb.AVKey] {
	return func(yield func(RuleAddr, policydb.AVKey) bool) {
		for i := range t.rules.tabs {
			tab, base := &t.rules.tabs[i], t.rules.base[i]
			size := uint32(0)
			for off := uint32(0); off < tab.Size(); off += size {
				key := tab.Key(off)
				size = key.Size()
				if classes.Has(ClassID(key.Class())) && !yield(base+RuleAddr(off), key) {
					return
				}
			}
		}
	}
}
