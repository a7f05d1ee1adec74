package policydb

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Difference is something that one of two policies has and the other has not, or has
// with other contents.
type Difference struct {
	What   string // "type haproxy_t", "a rule for haproxy_t http_port_t:tcp_socket"
	Second bool   // the second has it, not the first
}

// FirstDifference compares what two policies say, and reports the first thing in which
// they differ. Versions are not compared, though an older one cannot say all. The order of
// symbols and rules does not count, as no reader looks at it, nor do the values of booleans
// and what follows from them. The order of the contexts of ports, addresses and interfaces
// does, of which the first that matches wins.
func FirstDifference(a, b *Policy) (d Difference, found bool) {
	for _, compare := range [...]func(a, b *Policy) *Difference{
		compareHeads, compareSymbols, compareContexts, compareRules, compareTransitions,
	} {
		if d := compare(a, b); d != nil {
			return *d, true
		}
	}
	return Difference{}, false
}

// differ returns the first of a that b has not, or has fewer of, or the reverse.
func differ[T comparable](a, b iter.Seq[T], what func(T) string) *Difference {
	counts := make(map[T]int)
	for item := range a {
		counts[item]++
	}
	var more *T
	for item := range b {
		if counts[item]--; counts[item] < 0 && more == nil {
			more = &item
		}
	}
	for item := range a {
		if counts[item] > 0 {
			return &Difference{What: what(item)}
		}
	}
	if more != nil {
		return &Difference{What: what(*more), Second: true}
	}
	return nil
}

// differInOrder compares lists whose order counts.
func differInOrder[T comparable](a, b []T, what func(T) string) *Difference {
	if slices.Equal(a, b) {
		return nil
	}
	if d := differ(slices.Values(a), slices.Values(b), what); d != nil {
		return d
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return &Difference{What: what(a[i]) + ", in another place,"}
}

func compareHeads(a, b *Policy) *Difference {
	switch {
	case a.MLS() != b.MLS():
		return &Difference{What: "MLS", Second: b.MLS()}
	case a.HandleUnknown() != b.HandleUnknown():
		return &Difference{What: "handle_unknown " + a.HandleUnknown().String()}
	}
	type bit struct {
		what string
		n    uint32
	}
	bits := func(p *Policy) iter.Seq[bit] {
		return func(yield func(bit) bool) {
			for _, set := range [...]struct {
				what string
				of   Bitmap
			}{{"policy capability number", p.PolicyCaps}, {"permissive type number", p.Permissive},
				{"neveraudit type number", p.NeverAudit}} {
				for n := range set.of.All() {
					if !yield(bit{set.what, n}) {
						return
					}
				}
			}
		}
	}
	return differ(bits(a), bits(b), func(b bit) string { return fmt.Sprint(b.what, " ", b.n) })
}

// entry is a symbol: its kind and name, and all that is said of it.
type entry struct{ what, is string }

func compareSymbols(a, b *Policy) *Difference {
	return differ(a.entries(), b.entries(), func(e entry) string { return e.what })
}

// entries yields the symbols without their places in the tables.
func (p *Policy) entries() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		type list struct {
			kind string
			n    int
			at   func(i int) (name string, is any)
		}
		for _, l := range [...]list{
			{"common", len(p.Commons.Items), func(i int) (string, any) {
				c := p.Commons.Items[i]
				c.Perms = sorted(c.Perms)
				return c.Name, c
			}},
			{"class", len(p.Classes.Items), func(i int) (string, any) {
				c := p.Classes.Items[i]
				c.Perms = sorted(c.Perms)
				return c.Name, c
			}},
			{"type", len(p.Types.Items), func(i int) (string, any) {
				t := &p.Types.Items[i]
				if n := int(t.Value) - 1; n < len(p.TypeAttrMap) && !t.IsAttribute() {
					return t.Name, struct {
						Type
						attributes Bitmap
					}{*t, p.TypeAttrMap[n].With(t.Value - 1)}
				}
				return t.Name, *t
			}},
			{"role", len(p.Roles.Items), func(i int) (string, any) {
				if r := p.Roles.Items[i]; r.Name != objectRole { // whose types nobody looks at
					return r.Name, r
				}
				return objectRole, nil
			}},
			{"user", len(p.Users.Items), func(i int) (string, any) {
				u := p.Users.Items[i]
				u.Range = single(u.Range)
				return u.Name, u
			}},
			{"boolean", len(p.Bools.Items), func(i int) (string, any) {
				return p.Bools.Items[i].Name, p.Bools.Items[i].Value
			}},
			{"sensitivity", len(p.Sensitivities.Items), func(i int) (string, any) {
				return p.Sensitivities.Items[i].Name, p.Sensitivities.Items[i]
			}},
			{"category", len(p.Categories.Items), func(i int) (string, any) {
				return p.Categories.Items[i].Name, p.Categories.Items[i]
			}},
		} {
			for i := range l.n {
				name, is := l.at(i)
				if !yield(entry{l.kind + " " + name, fmt.Sprintf("%+v", is)}) {
					return
				}
			}
		}
	}
}

func sorted(perms []Perm) []Perm {
	perms = slices.Clone(perms)
	slices.SortFunc(perms, func(a, b Perm) int { return strings.Compare(a.Name, b.Name) })
	return perms
}

// single sets what the kernel writes of a range of two equal levels.
func single(r Range) Range {
	r.Single = r.Low == r.High
	return r
}

func (c Context) plain() Context {
	c.Range = single(c.Range)
	return c
}

// compareContexts compares the labels of what is outside of the file system, and of
// files in pseudo file systems.
func compareContexts(a, b *Policy) *Difference {
	return cmp.Or(
		differInOrder(a.placed("ports"), b.placed("ports"), entry.name),
		differInOrder(a.placed("nodes"), b.placed("nodes"), entry.name),
		differInOrder(a.placed("netifs"), b.placed("netifs"), entry.name),
		differ(a.contexts(), b.contexts(), entry.name),
	)
}

func (e entry) name() string { return e.what }

// placed are the contexts of a kind whose order counts.
func (p *Policy) placed(kind string) (list []entry) {
	add := func(what string, of ...Context) {
		for i := range of {
			of[i] = of[i].plain()
		}
		list = append(list, entry{what, fmt.Sprintf("%+v", of)})
	}
	switch kind {
	case "ports":
		for _, c := range p.OContexts.Ports {
			name := map[uint32]string{6: "tcp", 17: "udp", 33: "dccp", 132: "sctp"}[c.Protocol]
			if name == "" {
				name = fmt.Sprint("protocol ", c.Protocol)
			}
			add(fmt.Sprintf("port %s/%s", name, portsText(c.Low, c.High)), c.Context)
		}
	case "nodes":
		for _, c := range p.OContexts.Nodes {
			add(fmt.Sprintf("node %d mask %d", c.Addr, c.Mask), c.Context)
		}
		for _, c := range p.OContexts.Nodes6 {
			add(fmt.Sprintf("node %x mask %x", c.Addr, c.Mask), c.Context)
		}
	case "netifs":
		for _, c := range p.OContexts.Netifs {
			add("interface "+c.Name, c.If, c.Packet)
		}
	}
	return list
}

func portsText(low, high uint32) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d-%d", low, high)
}

func (p *Policy) contexts() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		say := func(what string, is ...any) bool { return yield(entry{what, fmt.Sprintf("%+v", is)}) }
		for _, c := range p.OContexts.InitialSIDs {
			if !say(fmt.Sprint("initial SID ", c.SID), c.Context.plain()) {
				return
			}
		}
		for _, c := range p.OContexts.FSUses {
			if !say("fs_use of "+c.Name, c.Behavior, c.Context.plain()) {
				return
			}
		}
		for _, c := range p.OContexts.IBPKeys {
			if !say("ibpkeycon", c.SubnetPrefix, c.Low, c.High, c.Context.plain()) {
				return
			}
		}
		for _, c := range p.OContexts.IBEndPorts {
			if !say("ibendportcon "+c.Device, c.Port, c.Context.plain()) {
				return
			}
		}
		for _, g := range p.GenFS {
			for _, e := range g.Entries {
				if !say("genfscon "+g.FSType+" "+e.Path, e.Class, e.Context.plain()) {
					return
				}
			}
		}
	}
}
