package audit

import (
	"cmp"
	"slices"
)

// begin makes a group, and room for it.
//
// When the Folder is full, it drops the least frequent quarter of a room. A new group may be one that was dropped
// before. So it begins with the largest weight that was ever dropped, and is not the first to be dropped again.
// This is SpaceSaving (Metwally, Agrawal and El Abbadi, 2005), a quarter at a time.
func (f *Folder) begin(key groupKey) *group {
	key.kind.groups++ // so the kind is not dropped with the last of its other groups
	if len(f.groups) >= f.limit {
		f.makeRoom(f.divide(key.kind))
	}
	r := f.roomOf(key.kind)
	f.began++
	g := &group{groupKey: key, missed: r.floor, number: f.began}
	f.groups[key] = g
	r.groups++
	return g
}

// divide returns the room in which groups are dropped for a new group. f.known is not called before the Folder is
// full.
func (f *Folder) divide(k *kind) *room {
	if !f.divided && f.known != nil {
		f.divided = true
		f.rooms[known].groups = 0
		for _, g := range f.groups {
			f.roomOf(g.kind).groups++
		}
	}
	switch r := &f.rooms[unknown]; {
	case r.groups > f.limit/4:
		return r
	case r.groups > 0 && f.roomOf(k) == r:
		return r
	case f.rooms[known].groups == 0:
		return r
	}
	return &f.rooms[known]
}

// roomOf returns the room that groups of a kind are in.
func (f *Folder) roomOf(k *kind) *room {
	if !f.divided {
		return &f.rooms[known]
	}
	if !k.asked {
		k.asked, k.unknown = true, !f.known(&k.signature)
	}
	if k.unknown {
		return &f.rooms[unknown]
	}
	return &f.rooms[known]
}

// makeRoom drops the least frequent quarter of a room, the newest first among equals.
func (f *Folder) makeRoom(r *room) {
	list := make([]*group, 0, r.groups)
	for _, g := range f.groups {
		if f.roomOf(g.kind) == r {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.weight(), b.weight()), cmp.Compare(b.number, a.number))
	})
	for _, g := range list[:max(1, len(list)/4)] {
		r.floor = max(r.floor, g.weight())
		f.drop(g)
		r.groups--
	}
}

// drop removes a group.
func (f *Folder) drop(g *group) {
	if f.roomOf(g.kind) == &f.rooms[known] {
		f.dropped.Groups++
		f.dropped.Denials += g.count
	} else {
		f.dropped.UnknownGroups++
		f.dropped.UnknownDenials += g.count
	}
	f.forgetExample(g)
	delete(f.groups, g.groupKey)
	if g.kind.groups--; g.kind.groups == 0 {
		delete(f.kinds, g.kind.signature)
	}
}

type symptomKey struct {
	program, operation, protocol, host, path, backend, server, frontend string
	asked, class, domain, step, call, verb, unit                        string
	container, addr                                                     string
	port                                                                uint16
}

func (f *Folder) addSymptom(e *Event) {
	s := e.Symptom
	key := symptomKey{
		program: s.Program, operation: s.Operation, protocol: s.Protocol, host: s.Host, path: s.Path,
		backend: s.Backend, server: s.Server,
		frontend: s.Frontend, port: s.Port,
		asked: s.Asked, class: s.Class, domain: s.Domain, step: s.Step, call: s.Call,
		verb: s.Verb, unit: s.Unit,
	}
	if s.Addr.IsValid() {
		key.addr = s.Addr.String()
	}
	if e.Container != nil {
		key.container = e.Container.Source + " " + e.Container.Name
	}
	g := f.symptoms[key]
	if g == nil {
		if len(f.symptoms) >= f.limit {
			f.dropSymptoms()
		}
		g = &SymptomGroup{Example: e, Missed: f.symptomFloor}
		f.symptoms[key] = g
	}
	g.Count++
	g.First, g.Last = span(g.First, g.Last, e.Time)
}

// dropSymptoms drops the least frequent quarter of the symptoms, as makeRoom does for denials.
func (f *Folder) dropSymptoms() {
	type entry struct {
		key symptomKey
		*SymptomGroup
	}
	list := make([]entry, 0, len(f.symptoms))
	for key, g := range f.symptoms {
		list = append(list, entry{key, g})
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Count+a.Missed, b.Count+b.Missed), cmp.Compare(b.Example.Line, a.Example.Line))
	})
	for _, x := range list[:max(1, len(list)/4)] {
		f.symptomFloor = max(f.symptomFloor, x.Count+x.Missed)
		f.dropped.Symptoms += x.Count
		delete(f.symptoms, x.key)
	}
}

// Symptoms returns the groups of symptoms, the most frequent first. Equally frequent groups come in the order of
// the log.
func (f *Folder) Symptoms() []SymptomGroup {
	list := make([]SymptomGroup, 0, len(f.symptoms))
	for _, g := range f.symptoms {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b SymptomGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Example.Line, b.Example.Line))
	})
	return list
}
