package interfaces

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
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

	grants []*grant // of Gains
}

// A want is a need with ids instead of names.
type want struct {
	target policy.TypeID
	class  policy.ClassID
	perms  policy.AccessVector
}

// Effect returns the access that a call adds. args are the arguments, the domain first. need is the
// access that was asked for, which costs nothing.
func (f *Finder) Effect(def int, args []string, need []Need) (*Effect, error) {
	c, err := f.caller(args)
	if err != nil {
		return nil, err
	}
	f.prepare(c, []int{def})
	e := f.effect(c, def, f.wants(c.source, need))
	f.describe(c, e)
	return e, nil
}

// effect returns an effect without the words of its gains.
func (f *Finder) effect(c *caller, def int, wants []want) *Effect {
	e := &Effect{Def: def, Call: f.call(def, c.args)}
	f.begin()
	for _, rule := range c.defs[def] {
		e.Missing = append(e.Missing, rule.missing...)
		if rule.off != "" && !slices.Contains(e.Off, rule.off) {
			e.Off = append(e.Off, rule.off)
		}
		f.grant(c, e, rule.grants, wants)
		for _, id := range rule.joins {
			if name := f.p.TypeName(id); !slices.Contains(e.Through, name) {
				e.Through = append(e.Through, name)
				f.grant(c, e, f.joining(c, id), wants)
			}
		}
	}
	f.finish(c)
	slices.Sort(e.Missing)
	e.Missing = slices.Compact(e.Missing)
	e.Beyond = f.sum.count - f.wanted(c, wants)
	f.ports(c, e, wants)
	return e
}

// grant adds grants to an effect.
func (f *Finder) grant(c *caller, e *Effect, list []grant, wants []want) {
	for i := range list {
		g := &list[i]
		f.add(c, g)
		if g.gain.Danger != "" && !f.isWanted(c, g, wants) {
			e.Dangers++
		}
		e.grants = append(e.grants, g)
	}
}

// describe sets the gains of an effect.
func (f *Finder) describe(c *caller, e *Effect) {
	e.Gains = make([]Gain, len(e.grants))
	for i, g := range e.grants {
		if g.gain.Class == "" {
			f.name(c, g)
		}
		e.Gains[i] = g.gain
	}
}

// name sets the names of a grant.
func (f *Finder) name(c *caller, g *grant) {
	g.gain.Class, g.gain.Perms = f.p.ClassName(g.class), f.permNames(g.class, g.perms)
	if g.gain.Through != "" {
		g.gain.Source, g.gain.Target = c.args[0], f.p.TypeName(g.target)
		return
	}
	g.gain.Source = refpolicy.Substitute(f.x.Set(g.rule.Sources).Text, c.args)
	g.gain.Target = refpolicy.Substitute(f.x.Set(g.rule.Targets).Text, c.args)
}

// call returns the text of a call.
func (f *Finder) call(def int, args []string) string {
	return f.x.Name(def) + "(" + strings.Join(args, ", ") + ")"
}

// wants resolves the needs of a source; it skips those whose names the policy lacks.
func (f *Finder) wants(source policy.TypeID, need []Need) (list []want) {
	for i := range need {
		w := want{}
		asking, ok := f.p.Type(need[i].Source)
		target, there := f.needTarget(&need[i])
		class, known := f.p.Class(need[i].Class)
		if !ok || !there || !known || asking != source {
			continue
		}
		w.target, w.class = target, class
		for _, name := range need[i].Perms {
			if bit, ok := f.p.Perm(w.class, name); ok {
				w.perms |= bit
			}
		}
		at := slices.IndexFunc(list, func(o want) bool { return o.target == w.target && o.class == w.class })
		if at >= 0 {
			list[at].perms |= w.perms
			continue
		}
		list = append(list, w)
	}
	return list
}

// wanted counts the permissions of the needs that the sum has.
func (f *Finder) wanted(c *caller, wants []want) (n int) {
	for _, w := range wants {
		n += bits.OnesCount32(uint32(f.sumOn(c, w.class, w.target) & w.perms))
	}
	return n
}

// wantOf returns the wanted permissions on a type.
func wantOf(wants []want, class policy.ClassID, target policy.TypeID) policy.AccessVector {
	for _, w := range wants {
		if w.target == target && w.class == class {
			return w.perms
		}
	}
	return 0
}

// isWanted reports whether all that a grant adds is part of the need.
func (f *Finder) isWanted(c *caller, g *grant, wants []want) bool {
	for id := range g.targets.all() {
		if f.fresh(c, g, id)&^wantOf(wants, g.class, id) != 0 {
			return false
		}
	}
	return true
}

// needTarget returns the type of a need's target.
func (f *Finder) needTarget(n *Need) (policy.TypeID, bool) {
	if n.Target == "self" {
		return f.p.Type(n.Source)
	}
	return f.p.Type(n.Target)
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

// ports adds the ports that a call opens, as the sum has them.
func (f *Finder) ports(c *caller, e *Effect, wants []want) {
	for _, way := range portWays {
		for i, class := range f.portClasses {
			bit, ok := f.p.Perm(class, way.perm)
			if !ok || f.sum.perms[class]&bit == 0 {
				continue
			}
			var all portset.Set
			beyond := 0
			for _, s := range f.portSegments(portClasses[i].protocol) {
				label := policy.TypeID(s.Label.Context.Type)
				if f.sumOn(c, class, label)&bit == 0 {
					continue
				}
				all = all.Append(portset.Range{Low: s.Low, High: s.High}) // they come in order
				if wantOf(wants, class, label)&bit == 0 {
					beyond += int(s.High) - int(s.Low) + 1
				}
			}
			e.Ports = append(e.Ports, PortGain{way.bind, portClasses[i].name, all})
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
