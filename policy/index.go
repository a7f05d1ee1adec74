package policy

import (
	"iter"
	"sort"
)

// ruleIndex orders the addresses of all rules by source, then class, and keeps
// the policy's order among equals.
type ruleIndex struct {
	start []uint32 // by source: where its rules begin in addrs
	addrs []RuleAddr
	class []uint16 // of each entry of addrs
}

// RulesFrom yields the rules written with exactly this source, a type or an
// attribute, and this class, in the policy's order.
func (t *tables) RulesFrom(source TypeID, class ClassID) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		t.indexOnce.Do(t.buildIndex)
		if source > t.MaxType() {
			return
		}
		lo, hi := t.index.start[source], t.index.start[source+1]
		classes := t.index.class[lo:hi]
		for i := sort.Search(len(classes), func(i int) bool { return ClassID(classes[i]) >= class }); i < len(classes) && ClassID(classes[i]) == class; i++ {
			if !yield(t.RuleAt(t.index.addrs[int(lo)+i])) {
				return
			}
		}
	}
}

// Index builds the index that RulesFrom needs, which otherwise its first call
// does.
func (t *tables) Index() { t.indexOnce.Do(t.buildIndex) }

// buildIndex sorts by class and then, keeping that order, by source: two passes
// of a counting sort.
func (t *tables) buildIndex() {
	byClass := make([]uint32, t.MaxClass()+2)
	bySource := make([]uint32, t.MaxType()+2)
	for i := range t.rules.tabs {
		tab := &t.rules.tabs[i]
		for off := uint32(0); off < tab.Size(); off = tab.Next(off) {
			av := tab.At(off)
			byClass[av.Class+1]++
			bySource[av.Source+1]++
		}
	}
	for i := 1; i < len(byClass); i++ {
		byClass[i] += byClass[i-1]
	}
	for i := 1; i < len(bySource); i++ {
		bySource[i] += bySource[i-1]
	}
	type entry struct {
		addr          RuleAddr
		source, class uint16
	}
	sorted := make([]entry, t.rules.n)
	for i := range t.rules.tabs {
		tab := &t.rules.tabs[i]
		for off := uint32(0); off < tab.Size(); off = tab.Next(off) {
			av := tab.At(off)
			sorted[byClass[av.Class]] = entry{t.rules.base[i] + RuleAddr(off), av.Source, av.Class}
			byClass[av.Class]++
		}
	}
	index := ruleIndex{
		start: append([]uint32(nil), bySource...),
		addrs: make([]RuleAddr, t.rules.n),
		class: make([]uint16, t.rules.n),
	}
	for _, e := range sorted {
		at := bySource[e.source]
		index.addrs[at], index.class[at] = e.addr, e.class
		bySource[e.source]++
	}
	t.index = index
}
