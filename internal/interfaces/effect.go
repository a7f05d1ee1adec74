package interfaces

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy/allow"
)

// A Gain is the access that one rule of a call adds to the policy. Source and Target are those of
// the rule, with the arguments of the call.
type Gain struct {
	Source, Target, Class string
	Perms                 []string
	// Types counts the types of Target that get at least one new permission.
	Types int
	// Through is the attribute whose rule it is, if the call makes the domain a member of it.
	Through string
	// Danger is a code of [allow.Danger], "" for access that is not dangerous.
	Danger string
}

// A PortGain holds ports that a call opens to the domain, by their labels.
type PortGain struct {
	Bind     bool
	Protocol string
	Ports    portset.Set
}

// An Effect is the access that a call of an interface would add to the policy. Rules
// of an attribute for self (allow ATTRIBUTE self:...) are not counted: a binary policy has
// such rules for each member, not for the attribute.
type Effect struct {
	Def  int
	Call string
	// Gains are the rules of the call that give new access, in their order.
	Gains []Gain
	Ports []PortGain
	// Beyond counts the access beyond the need, in permissions for types; BeyondPorts counts the
	// ports.
	Beyond, BeyondPorts int
	// Dangers counts the dangerous gains that are not part of the need.
	Dangers int
	// Missing are names that the call requires and the policy lacks: a module with this call could
	// not be installed.
	Missing []string
	// Off are conditions of rules that are false under the policy's booleans.
	Off []string
	// Through are the attributes that the domain becomes a member of.
	Through []string

	gained gains
	source policy.TypeID
	wants  []want
}

// A want is a need with ids instead of names.
type want struct {
	source, target policy.TypeID
	class          policy.ClassID
	perms          policy.AccessVector
}

type gainKey struct {
	class policy.ClassID
	perm  policy.AccessVector
}

// permSets has a set of types for each permission of a class, nil for none.
type permSets [32]bitset

// gains are the targets on which access is gained, by class and permission.
type gains map[policy.ClassID]*permSets

// of returns the targets for a permission, nil for none.
func (g gains) of(class policy.ClassID, perm policy.AccessVector) bitset {
	if sets := g[class]; sets != nil && perm != 0 {
		return sets[bits.TrailingZeros32(uint32(perm))]
	}
	return nil
}

// sets returns the sets of a class, which are made if need be.
func (g gains) sets(class policy.ClassID) *permSets {
	sets := g[class]
	if sets == nil {
		sets = new(permSets)
		g[class] = sets
	}
	return sets
}

// Effect returns the access that a call adds. args are the arguments, the domain first. need is the
// access that was asked for, which costs nothing.
func (f *Finder) Effect(def int, args []string, need []Need) (*Effect, error) {
	e := &Effect{Def: def, Call: f.call(def, args), gained: gains{}}
	domain, ok := f.p.Type(args[0])
	if !ok {
		return nil, &NameError{Kind: "type", Name: args[0]}
	}
	e.source, e.wants = domain, f.wants(need)
	f.bySource(domain)
	for _, r := range f.x.Rules(def) {
		switch r.Kind {
		case refpolicy.Allow:
			f.allow(e, r, args)
		case refpolicy.Member:
			f.member(e, r, args)
		}
	}
	slices.Sort(e.Missing)
	e.Missing = slices.Compact(e.Missing)
	for class, sets := range e.gained {
		for bit, types := range sets {
			if types != nil {
				e.Beyond += types.len() - e.wantedOf(gainKey{class, 1 << bit}, types)
			}
		}
	}
	f.ports(e)
	return e, nil
}

// call returns the text of a call.
func (f *Finder) call(def int, args []string) string {
	return f.x.Headers.Defs[def].Name + "(" + strings.Join(args, ", ") + ")"
}

// wants resolves needs; it skips those whose names the policy lacks.
func (f *Finder) wants(need []Need) (list []want) {
	for i := range need {
		w := want{}
		var ok [3]bool
		w.source, ok[0] = f.p.Type(need[i].Source)
		w.target, ok[1] = f.needTarget(&need[i])
		w.class, ok[2] = f.p.Class(need[i].Class)
		if ok != [3]bool{true, true, true} {
			continue
		}
		for _, name := range need[i].Perms {
			if bit, ok := f.p.Perm(w.class, name); ok {
				w.perms |= bit
			}
		}
		list = append(list, w)
	}
	return list
}

// wantedOf counts the targets that are part of the need.
func (e *Effect) wantedOf(key gainKey, types bitset) (n int) {
	for i := range e.wants {
		if w := &e.wants[i]; types.has(w.target) && e.wanted(w.target, key) && !slices.ContainsFunc(e.wants[:i],
			func(o want) bool { return o.target == w.target && o.class == w.class && o.perms&key.perm != 0 }) {
			n++
		}
	}
	return n
}

// wanted reports whether a permission on a target is part of the need.
func (e *Effect) wanted(target policy.TypeID, key gainKey) bool {
	for i := range e.wants {
		w := &e.wants[i]
		if w.target == target && w.source == e.source && w.class == key.class && w.perms&key.perm != 0 {
			return true
		}
	}
	return false
}

// needTarget returns the type of a need's target.
func (f *Finder) needTarget(n *Need) (policy.TypeID, bool) {
	if n.Target == "self" {
		return f.p.Type(n.Source)
	}
	return f.p.Type(n.Target)
}

// allow adds an allow rule.
func (f *Finder) allow(e *Effect, r refpolicy.Rule, args []string) {
	sources, targets := f.expand(r.Sources, 0, args), f.expand(r.Targets, e.source, args)
	classes, missing := f.classes(r.Classes, args)
	missing = slices.Concat(missing, sources.missing, targets.missing)
	if len(missing) > 0 && r.Optional {
		return // the block is skipped
	}
	e.Missing = append(e.Missing, missing...)
	if cond := refpolicy.Substitute(f.x.Conds[r.Cond], args); !f.holds(cond) {
		if !slices.Contains(e.Off, cond) {
			e.Off = append(e.Off, cond)
		}
		return
	}
	source, target := f.x.Set(r.Sources), f.x.Set(r.Targets)
	for _, class := range classes {
		perms := f.perms(r.Perms, class, args)
		g := Gain{Source: refpolicy.Substitute(source.Text, args), Target: refpolicy.Substitute(target.Text, args)}
		if !sources.types.has(e.source) {
			f.others(e, &g, sources.types, targets.types, class, perms)
			continue
		}
		f.gain(e, &g, targets.types, class, perms)
	}
}

// gain adds the access that the domain gets from a rule.
func (f *Finder) gain(e *Effect, g *Gain, targets bitset, class policy.ClassID, perms policy.AccessVector) {
	concerned := f.scratch
	clear(concerned)
	sets, had := e.gained.sets(class), f.hasAll(e.source, class)
	for perm := range each(perms) {
		bit := bits.TrailingZeros32(uint32(perm))
		if !concerned.addWithout(targets, had[bit]) {
			continue
		}
		if sets[bit] == nil {
			sets[bit] = f.newSet()
		}
		sets[bit].addWithout(targets, had[bit])
		g.Perms = f.appendPerm(g.Perms, class, perm)
	}
	if g.Types = concerned.len(); g.Types == 0 {
		return
	}
	g.Class = f.p.ClassName(class)
	if g.Danger = f.danger(e, g, concerned); g.Danger != "" {
		wanted := true
		for id := range concerned.all() {
			for perm := range each(perms) {
				wanted = wanted && (f.has(e.source, class, perm).has(id) || e.wanted(id, gainKey{class, perm}))
			}
		}
		if !wanted {
			e.Dangers++
		}
	}
	e.Gains = append(e.Gains, *g)
}

// danger returns why a gain is dangerous. Only targets on the list count, the domain itself, and
// any other domain.
func (f *Finder) danger(e *Effect, g *Gain, concerned bitset) string {
	if !allow.DangerousClass(g.Class) {
		return ""
	}
	other := false
	for id := range concerned.all() {
		if id != e.source && !f.grave.has(id) {
			if other {
				continue
			}
			other = true
		}
		why := allow.Danger(f.p.TypeName(e.source), f.p.TypeName(id), g.Class, func() []string { return g.Perms })
		if why != "" {
			return why
		}
	}
	return ""
}

// others adds the access that other domains get, to the domain or to others.
func (f *Finder) others(e *Effect, g *Gain, sources, targets bitset, class policy.ClassID, perms policy.AccessVector) {
	concerned := f.newSet()
	for source := range sources.all() {
		for perm := range each(perms) {
			gained := f.newSet()
			if gained.addWithout(targets, f.has(source, class, perm)) {
				e.Beyond += gained.len()
				concerned.addWithout(gained, f.none)
				g.Perms = f.appendPerm(g.Perms, class, perm)
			}
		}
	}
	if g.Types = concerned.len(); g.Types > 0 {
		g.Class = f.p.ClassName(class)
		e.Gains = append(e.Gains, *g)
	}
}

func (f *Finder) appendPerm(list []string, class policy.ClassID, perm policy.AccessVector) []string {
	name := f.p.Perms(class)[bits.TrailingZeros32(uint32(perm))]
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// each yields the bits of a vector.
func each(v policy.AccessVector) func(func(policy.AccessVector) bool) {
	return func(yield func(policy.AccessVector) bool) {
		for v != 0 {
			bit := v & -v
			if v &^= bit; !yield(bit) {
				return
			}
		}
	}
}

// member adds the access that the domain gets through an attribute: the policy's rules for the
// attribute.
func (f *Finder) member(e *Effect, r refpolicy.Rule, args []string) {
	sources := f.expand(r.Sources, 0, args)
	for _, name := range f.x.Set(r.Targets).Names {
		name = refpolicy.Substitute(name, args)
		id, ok := f.named(name)
		if !ok || !f.p.IsAttribute(id) {
			if !r.Optional && !f.x.Attribute(name) {
				e.Missing = append(e.Missing, name)
			}
			continue // no rule of the policy uses it; binary policies lack such an attribute
		}
		if !sources.types.has(e.source) || f.p.Attributes(e.source).Has(id) {
			continue
		}
		if !slices.Contains(e.Through, name) {
			e.Through = append(e.Through, name)
		}
		for _, rule := range f.byAttribute(id) {
			g := Gain{Source: args[0], Target: f.p.TypeName(rule.Target), Through: name}
			f.gain(e, &g, f.target(rule.Target), rule.Class, rule.Perms)
		}
	}
}

// portWays are the permissions that a port check asks for.
var portWays = [...]struct {
	perm string
	bind bool
}{{"name_connect", false}, {"name_bind", true}}

// portClasses are the socket classes with ports, by protocol.
var portClasses = [...]struct {
	class, name string
	protocol    uint8
}{{"tcp_socket", "tcp", 6}, {"udp_socket", "udp", 17}, {"dccp_socket", "dccp", 33}, {"sctp_socket", "sctp", 132}}

// ports adds the ports that a call opens.
func (f *Finder) ports(e *Effect) {
	if len(e.gained) == 0 {
		return
	}
	for _, way := range portWays {
		for _, c := range portClasses {
			class, ok := f.p.Class(c.class)
			if !ok {
				continue
			}
			bit, ok := f.p.Perm(class, way.perm)
			types := e.gained.of(class, bit)
			if !ok || types == nil {
				continue
			}
			var all portset.Set
			beyond := 0
			for _, s := range f.portSegments(c.protocol) {
				label := s.Label.Context.Type
				if !types.has(policy.TypeID(label)) {
					continue
				}
				all = all.Append(portset.Range{Low: s.Low, High: s.High}) // they come in order
				if !e.wanted(policy.TypeID(label), gainKey{class, bit}) {
					beyond += int(s.High) - int(s.Low) + 1
				}
			}
			e.Ports = append(e.Ports, PortGain{way.bind, c.name, all})
			e.BeyondPorts += beyond
		}
	}
}

// compare orders effects by their cost: missing names, dangers, ports and permissions beyond the
// need, then by name.
func compare(a, b *Effect) int {
	return cmp.Or(cmp.Compare(min(len(a.Missing), 1), min(len(b.Missing), 1)), cmp.Compare(a.Dangers, b.Dangers),
		cmp.Compare(a.BeyondPorts, b.BeyondPorts), cmp.Compare(a.Beyond, b.Beyond), cmp.Compare(a.Call, b.Call))
}

// Action returns the operation that the ports are opened for: bind or connect.
func (g PortGain) Action() string {
	if g.Bind {
		return "bind"
	}
	return "connect"
}
