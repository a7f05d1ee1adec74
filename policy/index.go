package policy

import (
	"iter"
	"sync"
)

// ruleIndex lists all rules by source, in the policy's order within each.
type ruleIndex struct {
	start   []uint32 // by source: where its rules begin in entries
	entries []indexEntry

	recentMu sync.Mutex
	recent   [recentSources]sourceRules
	next     int // where in recent the next source goes
}

// sourceRules is the rules that apply to one source type.
type sourceRules struct {
	source  TypeID // 0 if nothing is there yet
	entries []indexEntry
}

// recentSources is how many sources RulesFor keeps the rules of.
const recentSources = 4

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
		for _, e := range t.recentRules(source) {
			if ClassID(e.class) == class && targets.Has(TypeID(e.target)) && !yield(t.RuleAt(e.addr)) {
				return
			}
		}
	}
}

func (t *tables) recentRules(source TypeID) []indexEntry {
	t.index.recentMu.Lock()
	defer t.index.recentMu.Unlock()
	for i := range t.index.recent {
		if r := &t.index.recent[i]; r.source == source && source != 0 {
			return r.entries
		}
	}
	r := &t.index.recent[t.index.next%recentSources]
	t.index.next++
	*r = sourceRules{source: source, entries: t.scanSource(source)}
	return r.entries
}

func (t *tables) scanSource(source TypeID) []indexEntry {
	sources := t.Attributes(source)
	var entries []indexEntry
	for i := range t.rules.tabs {
		tab, base := &t.rules.tabs[i], t.rules.base[i]
		size := uint32(0)
		for off := uint32(0); off < tab.Size(); off += size {
			key := tab.Key(off)
			size = key.Size()
			if sources.Has(TypeID(key.Source())) {
				entries = append(entries, indexEntry{base + RuleAddr(off), key.Target(), key.Class()})
			}
		}
	}
	return entries
}
