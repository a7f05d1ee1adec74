package policydiff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// Moved is a type whose accesses a new type has now: it was renamed, if it is gone, or split.
type Moved struct {
	From, To string
	// Alias says that the policy after has the old name as an alias.
	Alias bool
	// Gone says that the policy after lacks the type.
	Gone bool
	// Of the Lost accesses that From no longer has, To has Taken now. An access is a permission on
	// a target; both are 0 if there is an alias.
	Taken, Lost int
	// Ports are ports that From could use before, and that neither it nor its successors can use
	// now.
	Ports []LostPorts
}

// LostPorts are ports that no successor can use.
type LostPorts struct {
	Protocol, Operation string
	Ports               portset.Set
}

const (
	leastLost   = 10        // lost accesses that make a type count as moved
	leastShare  = 80        // percent of them that successors must have
	leastPart   = 10        // percent of them that each of several successors must have
	mostCounted = 1_000_000 // accesses that are kept in memory to find moves
	leastPlaces = 3         // targets of the accesses that many other types lack
	mostSharing = 8         // domains that may have an attribute whose accesses still tell them from others
	sharingPart = 20        // percent of all domains that may have one
)

// An accessOf is an access without its source; a type's access to itself has the
// target "".
type accessOf struct{ target, class, perm string }

type moves struct {
	before  *policy.Policy
	types   *Names
	aliases []Moved
	lost    map[string]map[accessOf]struct{} // by source
	gained  map[string]map[accessOf]struct{} // by new source
	counted int
}

func newMoves(before, after *policy.Policy, types *Names) *moves {
	m := &moves{
		before: before, types: types,
		lost: make(map[string]map[accessOf]struct{}), gained: make(map[string]map[accessOf]struct{}),
	}
	for _, name := range types.Removed {
		if id, ok := after.Type(name); ok {
			m.aliases = append(m.aliases, Moved{From: name, To: after.TypeName(id), Alias: true, Gone: true})
		}
	}
	return m
}

// count notes the permissions that an allow rule's source lost, and those that a new type gained.
func (m *moves) count(x *RuleChange) {
	if len(m.types.Added) == 0 || m.counted > mostCounted {
		return
	}
	put := func(by map[string]map[accessOf]struct{}, perms []string) {
		target := x.Target
		if target == x.Source {
			target = ""
		}
		for _, p := range perms {
			if by[x.Source] == nil {
				by[x.Source] = make(map[accessOf]struct{})
			}
			by[x.Source][accessOf{target, x.Class, p}] = struct{}{}
			m.counted++
		}
	}
	put(m.lost, x.Lost())
	if _, fresh := slices.BinarySearch(m.types.Added, x.Source); fresh {
		put(m.gained, x.Gained())
	}
}

// found returns the moved types, by name.
func (m *moves) found(effects []impact.Effect) []Moved {
	list := m.aliases
	if m.counted <= mostCounted {
		for from, lost := range m.lost {
			if slices.ContainsFunc(m.aliases, func(x Moved) bool { return x.From == from }) || len(lost) < leastLost {
				continue
			}
			if m.takers(from, lost, lost) == nil {
				continue
			}
			if own := m.own(from, lost); own != nil {
				list = append(list, m.takers(from, lost, own)...)
			}
		}
	}
	slices.SortFunc(list, func(a, b Moved) int {
		return cmp.Or(strings.Compare(a.From, b.From), cmp.Compare(b.Taken, a.Taken), strings.Compare(a.To, b.To))
	})
	for i := range list {
		var takers []string
		for k := range list {
			if list[k].From == list[i].From {
				takers = append(takers, list[k].To)
			}
		}
		list[i].Ports = lostPorts(effects, list[i].From, takers)
	}
	return list
}

// takers returns the new types that took over most of what a type lost: first the one that took
// most, then those that took most of the rest. It returns nil if they leave more than a fifth. own
// are the accesses that count; the numbers of the result are of all that were lost.
func (m *moves) takers(from string, lost, own map[accessOf]struct{}) (list []Moved) {
	_, gone := slices.BinarySearch(m.types.Removed, from)
	rest := maps.Clone(own)
	for len(rest)*100 > (100-leastShare)*len(own) {
		best, most := "", 0
		for to, gained := range m.gained {
			if n := common(rest, gained); n > most || n == most && n > 0 && to < best {
				best, most = to, n
			}
		}
		if most*100 < leastPart*len(own) || most == 0 {
			return nil
		}
		taken := common(lost, m.gained[best])
		list = append(list, Moved{From: from, To: best, Gone: gone, Taken: taken, Lost: len(lost)})
		for a := range m.gained[best] {
			delete(rest, a)
		}
	}
	return list
}

// own returns the accesses that tell a type from other types, nil if they are too few. The accesses
// of an attribute of many domains do not, those to itself do not, and permissions on one or two
// targets do not: an unrelated new type may have them too.
func (m *moves) own(from string, lost map[accessOf]struct{}) map[accessOf]struct{} {
	own := maps.Clone(lost)
	maps.DeleteFunc(own, func(a accessOf, _ struct{}) bool { return a.target == "" })
	m.withoutShared(from, own)
	type place struct{ target, class string }
	places := make(map[place]struct{})
	for a := range own {
		places[place{a.target, a.class}] = struct{}{}
	}
	if len(places) < leastPlaces {
		return nil
	}
	return own
}

// withoutShared deletes the accesses that the policy before grants to a type by an attribute of many
// domains.
func (m *moves) withoutShared(from string, list map[accessOf]struct{}) {
	p := m.before
	id, ok := p.Type(from)
	if !ok {
		return
	}
	most := max(mostSharing, len(reach.Domains(p))*sharingPart/100)
	wide := policy.NewSet(p.MaxType())
	for a := range p.Attributes(id).All() {
		if p.IsAttribute(a) && p.Members(a).Len() > most {
			wide.Add(a)
		}
	}
	byClass := make(map[policy.ClassID][]policy.Rule)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &wide}) {
		byClass[r.Class] = append(byClass[r.Class], r)
	}
	maps.DeleteFunc(list, func(a accessOf, _ struct{}) bool {
		target, known := p.Type(a.target)
		class, defined := p.Class(a.class)
		if !known || !defined {
			return false
		}
		bit, _ := p.Perm(class, a.perm)
		targets := p.Attributes(target)
		return slices.ContainsFunc(byClass[class], func(r policy.Rule) bool {
			return r.Perms&bit != 0 && targets.Has(r.Target)
		})
	})
}

// common counts the accesses in both sets.
func common(a, b map[accessOf]struct{}) (n int) {
	for x := range a {
		if _, ok := b[x]; ok {
			n++
		}
	}
	return n
}

// lostPorts returns the ports that one domain loses and its successors do not gain.
func lostPorts(effects []impact.Effect, from string, takers []string) []LostPorts {
	of := func(list []reach.DomainPorts, name string) portset.Set {
		if i := slices.IndexFunc(list, func(d reach.DomainPorts) bool { return d.Domain == name }); i >= 0 {
			return list[i].Ports
		}
		return nil
	}
	var out []LostPorts
	for i := range effects {
		e := &effects[i]
		lost := of(e.Lose, from)
		for _, to := range takers {
			lost = lost.Minus(of(e.Gain, to))
		}
		if len(lost) > 0 {
			out = append(out, LostPorts{string(e.Protocol), string(e.Operation), lost})
		}
	}
	return out
}
