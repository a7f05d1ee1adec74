package interfaces

import (
	"math/bits"

	"github.com/senet-selinux/senet/policy"
)

// others are rules of interfaces for other sources than the domain.
type others struct {
	rules []*effective
	from  []typeSet // the sources of each
	// sources and targets are those of all rules.
	sources, targets bitset
}

func (o *others) add(f *Finder, e *effective, sources typeSet) {
	if o.sources == nil {
		o.sources, o.targets = f.newSet(), f.newSet()
	}
	o.rules, o.from = append(o.rules, e), append(o.from, sources)
	sources.addTo(o.sources)
	e.grants[0].targets.addTo(o.targets)
}

// resolveOthers takes the access away that the sources have already, and drops what is left without any.
func (f *Finder) resolveOthers(o *others) {
	if len(o.rules) == 0 {
		return
	}
	held := f.between(o)
	for i, e := range o.rules {
		kept := e.grants[:0]
		for _, g := range e.grants {
			if f.compareOthers(&g, o.from[i], held); g.perms != 0 {
				kept = append(kept, g)
			}
		}
		e.grants = kept
	}
	f.free = append(f.free, o.sources, o.targets)
}

// heldOthers is what the policy grants other sources.
type heldOthers struct {
	rules map[policy.ClassID][]policy.Rule
	on    map[onTarget][]policy.AccessVector // by source
	by    []policy.AccessVector              // of one source, by target
}

type onTarget struct {
	class  policy.ClassID
	target policy.TypeID
}

// between returns the active allow rules that apply to one of the sources and one of the targets.
func (f *Finder) between(o *others) *heldOthers {
	sources, targets := policy.NewSet(f.p.MaxType()), policy.NewSet(f.p.MaxType())
	for id := range o.sources.all() {
		sources.AddAll(f.p.Attributes(id))
	}
	for id := range o.targets.all() {
		targets.AddAll(f.p.Attributes(id))
	}
	classes := policy.NewSet(f.p.MaxClass())
	for _, e := range o.rules {
		for i := range e.grants {
			classes.Add(e.grants[i].class)
		}
	}
	h := &heldOthers{rules: map[policy.ClassID][]policy.Rule{}, on: map[onTarget][]policy.AccessVector{}}
	filter := policy.RuleFilter{Kinds: policy.Allow, Classes: &classes, Sources: &sources, Targets: &targets}
	for r := range f.p.Rules(filter) {
		if f.p.Enabled(r) {
			h.rules[r.Class] = append(h.rules[r.Class], r)
		}
	}
	return h
}

// compareOthers takes the access away from a grant that its sources have by the rules that are held.
func (f *Finder) compareOthers(g *grant, sources typeSet, h *heldOthers) {
	perms, concerned := g.perms, f.newSet()
	g.perms = 0
	add := func(target policy.TypeID, held policy.AccessVector) {
		if fresh := perms &^ held; fresh != 0 {
			concerned.add(target)
			g.perms |= fresh
			g.others += bits.OnesCount32(uint32(fresh))
		}
	}
	if g.targets.many == nil {
		for _, target := range g.targets.few {
			held := f.heldOn(h, g.class, target)
			for source := range sources.all() {
				add(target, held[source])
			}
		}
	} else {
		for source := range sources.all() {
			held := f.heldBy(h, g.class, source)
			for target := range g.targets.all() {
				add(target, held[target])
			}
		}
	}
	g.gain.Types = concerned.len()
	f.free = append(f.free, concerned)
}

// heldOn returns the permissions that sources have on a target, by source. The caller must not change
// the result.
func (f *Finder) heldOn(h *heldOthers, class policy.ClassID, target policy.TypeID) []policy.AccessVector {
	key := onTarget{class, target}
	if v := h.on[key]; v != nil {
		return v
	}
	v := make([]policy.AccessVector, f.p.MaxType()+1)
	for _, r := range h.rules[class] {
		if f.target(r.Target).has(target) {
			for source := range f.target(r.Source).all() {
				v[source] |= r.Perms
			}
		}
	}
	h.on[key] = v
	return v
}

// heldBy returns the permissions that a source has on targets, by target, until the next call.
func (f *Finder) heldBy(h *heldOthers, class policy.ClassID, source policy.TypeID) []policy.AccessVector {
	if h.by == nil {
		h.by = make([]policy.AccessVector, f.p.MaxType()+1)
	}
	clear(h.by)
	for _, r := range h.rules[class] {
		if f.target(r.Source).has(source) {
			for target := range f.target(r.Target).all() {
				h.by[target] |= r.Perms
			}
		}
	}
	return h.by
}
