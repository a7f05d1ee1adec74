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
)

// An accessOf is an access without its source; a type's access to itself has the
// target "".
type accessOf struct{ target, class, perm string }

type moves struct {
	types   *Names
	aliases []Moved
	lost    map[string]map[accessOf]struct{} // by source
	gained  map[string]map[accessOf]struct{} // by new source
	counted int
}

func newMoves(after *policy.Policy, types *Names) *moves {
	m := &moves{
		types: types,
		lost:  make(map[string]map[accessOf]struct{}), gained: make(map[string]map[accessOf]struct{}),
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
			list = append(list, m.takers(from, lost)...)
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

// takers returns the new types that have most of a type's lost accesses: first the one with the
// most, then those with the most of the rest. There are none if they leave more than a fifth.
func (m *moves) takers(from string, lost map[accessOf]struct{}) (list []Moved) {
	_, gone := slices.BinarySearch(m.types.Removed, from)
	rest := maps.Clone(lost)
	for len(rest)*100 > (100-leastShare)*len(lost) {
		best, most := "", 0
		for to, gained := range m.gained {
			if n := common(rest, gained); n > most || n == most && n > 0 && to < best {
				best, most = to, n
			}
		}
		if most*100 < leastPart*len(lost) {
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
