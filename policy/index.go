package policy

import (
	"iter"
	"slices"
	"sync"
)

// ruleIndex lists all rules by source, in the policy's order within each.
type ruleIndex struct {
	start   []uint32 // by source: where its rules begin in entries
	entries []indexEntry

	recentMu sync.Mutex
	recent   [RecentSources]sourceRules
	next     int // where in recent the next source goes
}

// sourceRules is the rules that apply to one source type, each class's in a chain
// in the policy's order.
type sourceRules struct {
	source  TypeID   // 0 if nothing is there yet
	first   []uint32 // by class: the number of an entry, from 1; 0 for none
	last    []uint32
	entries []chainedEntry
}

// A chainedEntry is an indexEntry with the number of the next of its class, from 1.
type chainedEntry struct {
	addr   RuleAddr
	next   uint32
	target uint16
}

func (r *sourceRules) add(addr RuleAddr, target, class uint16) {
	r.entries = append(r.entries, chainedEntry{addr: addr, target: target})
	n := uint32(len(r.entries))
	if last := r.last[class]; last > 0 {
		r.entries[last-1].next = n
	} else {
		r.first[class] = n
	}
	r.last[class] = n
}

// RecentSources is how many sources [Policy.RulesFor] keeps the rules of.
const RecentSources = 16

// An indexEntry is a rule's address, with the parts of its key that a lookup
// by source, target and class tests, so that it need not fetch the rule.
type indexEntry struct {
	addr          RuleAddr
	target, class uint16
}

// RulesFrom yields the rules written with exactly this source, a type or an
// attribute, and this class, whose target as written is in targets, in the
// policy's order.
func (t *tables) RulesFrom(source TypeID, class ClassID, targets Set[TypeID]) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		t.Index()
		if source > t.MaxType() {
			return
		}
		for _, e := range t.index.entries[t.index.start[source]:t.index.start[source+1]] {
			if ClassID(e.class) == class && targets.Has(TypeID(e.target)) && !yield(t.RuleAt(e.addr)) {
				return
			}
		}
	}
}

// Index builds the index that RulesFrom needs; otherwise its first call does.
func (t *tables) Index() { t.indexOnce.Do(t.buildIndex) }

// buildIndex is one counting sort by source.
func (t *tables) buildIndex() {
	start := make([]uint32, t.MaxType()+2)
	for i := range t.rules.tabs {
		tab := t.rules.tabs[i]
		size := uint32(0)
		for off := uint32(0); off < tab.Size(); off += size {
			key := tab.Key(off)
			size = key.Size()
			start[key.Source()+1]++
		}
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	next := append([]uint32(nil), start...)
	entries := make([]indexEntry, t.rules.n)
	for i := range t.rules.tabs {
		tab, base := t.rules.tabs[i], t.rules.base[i]
		size := uint32(0)
		for off := uint32(0); off < tab.Size(); off += size {
			key := tab.Key(off)
			size = key.Size()
			at := &next[key.Source()]
			entries[*at] = indexEntry{base + RuleAddr(off), key.Target(), key.Class()}
			*at++
		}
	}
	t.index.start, t.index.entries = start, entries
}

// RulesFor yields the rules of a class that apply to a source type, by its name
// or by an attribute, and whose target as written is in targets, in the policy's
// order. It takes one scan over all rules and no index; the rules of the sources
// asked last are kept, for this Policy and all that share its tables. So it
// suits a handful of questions; where there are many, [Policy.RulesFrom] does.
func (t *tables) RulesFor(source TypeID, class ClassID, targets Set[TypeID]) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		r := t.recentRules(source)
		if uint(class) >= uint(len(r.first)) {
			return
		}
		for n := r.first[class]; n > 0; n = r.entries[n-1].next {
			if e := &r.entries[n-1]; targets.Has(TypeID(e.target)) && !yield(t.RuleAt(e.addr)) {
				return
			}
		}
	}
}

func (t *tables) recentRules(source TypeID) sourceRules {
	t.index.recentMu.Lock()
	defer t.index.recentMu.Unlock()
	for i := range t.index.recent {
		if r := &t.index.recent[i]; r.source == source && source != 0 {
			return *r
		}
	}
	r := t.scanSources([]TypeID{source})[0]
	t.index.keep(r, nil)
	return r
}

// ScanSources finds the rules of several sources in one scan, so that RulesFor
// need not make one for each. It does nothing if they are more than it keeps.
func (t *tables) ScanSources(sources ...TypeID) {
	t.index.recentMu.Lock()
	defer t.index.recentMu.Unlock()
	if len(sources) > RecentSources {
		return
	}
	known := func(source TypeID) bool {
		return slices.ContainsFunc(t.index.recent[:], func(r sourceRules) bool { return r.source == source })
	}
	var missing []TypeID
	for _, source := range sources {
		if source != 0 && !known(source) && !slices.Contains(missing, source) {
			missing = append(missing, source)
		}
	}
	if len(missing) == 0 {
		return
	}
	for _, r := range t.scanSources(missing) {
		t.index.keep(r, sources)
	}
}

// keep keeps the rules of a source in place of those that came before the others,
// but for some sources.
func (x *ruleIndex) keep(r sourceRules, but []TypeID) {
	for range RecentSources {
		at := x.next
		x.next = (x.next + 1) % RecentSources
		if old := x.recent[at].source; old == 0 || !slices.Contains(but, old) {
			x.recent[at] = r
			return
		}
	}
}

// scanSources finds the rules of sources in one scan.
func (t *tables) scanSources(sources []TypeID) []sourceRules {
	found := make([]sourceRules, len(sources))
	names := make([]Set[TypeID], len(sources))
	either := NewSet(t.MaxType())
	for i, source := range sources {
		chains := make([]uint32, 2*(t.MaxClass()+1))
		found[i] = sourceRules{source: source, first: chains[:t.MaxClass()+1], last: chains[t.MaxClass()+1:]}
		names[i] = t.Attributes(source)
		either.AddAll(names[i])
	}
	for i := range t.rules.tabs {
		tab, base := &t.rules.tabs[i], t.rules.base[i]
		size := uint32(0)
		for off := uint32(0); off < tab.Size(); off += size {
			key := tab.Key(off)
			size = key.Size()
			if !either.Has(TypeID(key.Source())) {
				continue
			}
			for j := range names {
				if names[j].Has(TypeID(key.Source())) {
					found[j].add(base+RuleAddr(off), key.Target(), key.Class())
				}
			}
		}
	}
	return found
}
