package policydiff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// Moved is a type whose accesses another, new type has now: it was renamed, where it
// is gone, or split.
type Moved struct {
	From, To string
	// Alias says that the policy after still knows the old name, as an alias.
	Alias bool
	// Gone says that the type is no type of the policy after.
	Gone bool
	// Taken of the Lost accesses that From no longer has are To's now. An access is a
	// permission on a target; both are 0 where an alias says it all.
	Taken, Lost int
	// Ports are what From could use before and neither can now.
	Ports []LostPorts
}

// LostPorts are ports that nobody took over.
type LostPorts struct {
	Protocol, Operation string
	Ports               portset.Set
}

const (
	leastLost   = 10        // accesses that a type has to lose to be called moved
	leastShare  = 80        // percent of them that the other has to take over
	mostCounted = 1_000_000 // accesses that are kept for it
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

// count keeps what an allow rule's source lost, and what a new type gained.
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

// found returns the types that moved, by name.
func (m *moves) found(effects []impact.Effect) []Moved {
	list := m.aliases
	if m.counted <= mostCounted {
		for from, lost := range m.lost {
			if slices.ContainsFunc(m.aliases, func(x Moved) bool { return x.From == from }) || len(lost) < leastLost {
				continue
			}
			if best, ok := m.best(from, lost); ok {
				list = append(list, best)
			}
		}
	}
	for i := range list {
		list[i].Ports = lostPorts(effects, list[i].From, list[i].To)
	}
	slices.SortFunc(list, func(a, b Moved) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return list
}

// best returns the new type that took over most.
func (m *moves) best(from string, lost map[accessOf]struct{}) (Moved, bool) {
	best := Moved{From: from, Lost: len(lost)}
	for to, gained := range m.gained {
		n := 0
		for a := range lost {
			if _, ok := gained[a]; ok {
				n++
			}
		}
		if n > best.Taken || n == best.Taken && to < best.To {
			best.To, best.Taken = to, n
		}
	}
	_, best.Gone = slices.BinarySearch(m.types.Removed, from)
	return best, best.Taken*100 >= leastShare*best.Lost
}

// lostPorts returns what one domain loses and another does not gain.
func lostPorts(effects []impact.Effect, from, to string) []LostPorts {
	of := func(list []reach.DomainPorts, name string) portset.Set {
		if i := slices.IndexFunc(list, func(d reach.DomainPorts) bool { return d.Domain == name }); i >= 0 {
			return list[i].Ports
		}
		return nil
	}
	var out []LostPorts
	for i := range effects {
		e := &effects[i]
		if lost := of(e.Lose, from).Minus(of(e.Gain, to)); len(lost) > 0 {
			out = append(out, LostPorts{string(e.Protocol), string(e.Operation), lost})
		}
	}
	return out
}
