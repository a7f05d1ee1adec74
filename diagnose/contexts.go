package diagnose

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// contexts finds the contexts of a record in the policy. The label of a port, an address
// or an interface is today's; ok is false if the policy lacks a needed type.
func (g *Diagnoser) contexts(d *Diagnosis, a *audit.AVC) (source, target policy.Context, ok bool) {
	from, ok := g.context(a.SContext, true)
	if !ok {
		d.missing(g.p, NoSource, a.SContext)
	}
	process := a.TContext == a.SContext || a.TClass == "process" || a.TClass == "process2"
	to, known := g.objectContext(d, a.TContext, process)
	short := bare(a.SContext) && bare(a.TContext)
	switch {
	case ok && known && short:
		g.noteTypes(d, from, to, a.TContext != a.SContext)
	case short: // nothing is asked
	case ok:
		g.noteChanged(d, a.SContext, from)
	}
	if ok && known {
		if !short {
			g.noteForm(d, a)
		}
		g.noteLevelNames(d, a)
		if from.level+to.level != "" && low(g.plainLevels(a.SContext)) != low(g.plainLevels(a.TContext)) {
			d.foreignLevel = cmp.Or(to.level, from.level)
		}
	}
	if label, has := g.label(d, a, to.Context, known); has {
		d.Label = &label
		if !known || !g.same(label.Context, to.Context) {
			d.Was = a.TContext
		}
		to, known = recordContext{Context: label.Context}, true
	}
	switch d.Hook {
	case HookPacket, HookPeer, HookNetif, HookNode:
		source, target, all := g.packet(d, a, from, to, ok, known)
		if all {
			return source, target, true
		}
	}
	if d.Label != nil {
		return from.Context, to.Context, ok
	}
	if !ok {
		d.Assumptions = nil // nothing is asked
	}
	if !known {
		d.missing(g.p, NoTarget, a.TContext)
	} else if a.TContext != a.SContext && !short {
		g.noteChanged(d, a.TContext, to)
	}
	return from.Context, to.Context, ok && known
}

// noteChanged notes that the question has another context than the record.
func (g *Diagnoser) noteChanged(d *Diagnosis, text string, c recordContext) {
	if strings.HasPrefix(text, ":") {
		return // a damaged context, of which a note tells
	}
	if c.changed && strings.Contains(text, ":") && !IsLevelName(levelsOf(text)) { // a type alone says no more
		d.note(NoteContext, fmt.Sprintf("the policy does not have the context %s (the user, the role or the level "+
			"differs): the answer is for the same type with those of this policy, %s", text,
			g.p.FormatContext(c.Context)))
	}
}

// noteTypes notes which contexts the question has for a record of types alone. two says that the target's is to be
// named, too.
func (g *Diagnoser) noteTypes(d *Diagnosis, from, to recordContext, two bool) {
	text := "only types are given: the question uses " + g.p.FormatContext(from.Context)
	if two {
		text += " and " + g.p.FormatContext(to.Context)
	}
	d.note(NoteContext, text)
}

// bare reports whether a context is a type alone, as in rules, and in records that people shortened.
func bare(context string) bool { return context != "" && !strings.Contains(context, ":") }

// noteForm notes that the record comes from a policy with levels and this policy has
// none, or the reverse.
func (g *Diagnoser) noteForm(d *Diagnosis, a *audit.AVC) {
	levels := func(context string) bool { return strings.Count(context, ":") > 2 }
	switch {
	case !strings.Contains(a.SContext, ":") && !strings.Contains(a.TContext, ":"): // types alone
	case g.p.MLS() && !levels(a.SContext) && !levels(a.TContext):
		d.note(NoteContext, "the record has no levels, as of a policy without MLS: the lowest level is used")
	case !g.p.MLS() && levels(a.SContext):
		d.note(NoteContext, "the levels of the record are ignored: this policy has no MLS")
	}
}

// missing notes that the policy lacks a context of the record.
func (d *Diagnosis) missing(p *policy.Policy, which GapKind, context string) {
	name := audit.ContextType(context)
	if name == "" && context != "" {
		which = Garbled
	}
	if name != "" {
		if _, ok := p.Attribute(name); ok {
			d.gap(IsAttribute, name, "")
			return
		}
		if _, ok := p.Type(name); !ok {
			d.gap(NoType, name, "")
			return
		}
	}
	d.gap(which, context, "")
}

// object returns the usual context of an object with a type.
func (g *Diagnoser) object(id policy.TypeID) (policy.Context, bool) {
	c, ok := g.p.InitialSID(policy.SIDPort) // system_u:object_r:port_t:s0
	if !ok {
		return policy.Context{}, false
	}
	c.Type = uint32(id)
	return c, g.p.ValidateContext(c) == nil
}

// label returns today's label of a record's port, address or interface; false if it has
// none, or does not name it.
func (g *Diagnoser) label(d *Diagnosis, a *audit.AVC, logged policy.Context, known bool) (policy.Label, bool) {
	switch d.Hook {
	case HookNameBind, HookNameConnect:
		if d.Port == 0 {
			return policy.Label{}, false
		}
		return g.portLabel(d, logged, known)
	case HookNodeBind:
		if d.Addr.IsValid() {
			return g.p.NodeLabel(d.Addr), true
		}
		// 0.0.0.0 or ::, between which the record does not distinguish.
		labels := unspecified()
		first := g.p.NodeLabel(labels[0])
		if second := g.p.NodeLabel(labels[1]); known && !g.same(first.Context, logged) &&
			g.same(second.Context, logged) {
			return second, true
		}
		return first, true
	case HookNode:
		if d.Addr.IsValid() {
			return g.p.NodeLabel(d.Addr), true
		}
	case HookNetif:
		if a.Netif != "" {
			return g.p.NetifLabel(a.Netif), true
		}
	}
	return policy.Label{}, false
}

// portLabel returns the label of a port. Sockets of class rawip_socket have ports of many
// protocols: a raw socket has that of its own protocol (IPPROTO_TCP, IPPROTO_ICMP ...);
// the class is also for UDP-Lite and SMC, and for SCTP and ICMP if the policy lacks
// extended_socket_class. The record does not tell which. If a protocol gives the port the
// label in the record, portLabel uses that one.
func (g *Diagnoser) portLabel(d *Diagnosis, logged policy.Context, known bool) (policy.Label, bool) {
	if d.Class == "rawip_socket" {
		for _, protocol := range rawProtocols {
			if label := g.p.PortLabel(protocol, d.Port); known && label.Record >= 0 && g.same(label.Context, logged) {
				return label, true
			}
		}
		label := g.p.PortLabel(protocolRaw, d.Port)
		return label, known && g.same(label.Context, logged)
	}
	s, ok := network.SocketOf(d.Protocol)
	if !ok || s.PortProtocol == 0 {
		return policy.Label{}, false
	}
	return g.p.PortLabel(s.PortProtocol, d.Port), true
}

// protocolRaw is IPPROTO_RAW; rawProtocols are the protocols with usual portcons, and
// those for which policies can have them.
const protocolRaw = 255

var rawProtocols = [...]uint8{policy.ProtoTCP, policy.ProtoUDP, policy.ProtoSCTP, policy.ProtoDCCP}

func (g *Diagnoser) same(a, b policy.Context) bool {
	return a.Type == b.Type && (!g.p.MLS() || policy.SameLevel(a.Range.Low, b.Range.Low) &&
		policy.SameLevel(a.Range.High, b.Range.High))
}

func (g *Diagnoser) typeName(c policy.Context) string { return g.p.TypeName(policy.TypeID(c.Type)) }

// Knows reports whether the policy has the types of a record, or labels of files under another name.
func (g *Diagnoser) Knows(a *audit.AVC) bool {
	return g.HasType(audit.ContextType(a.SContext)) && g.HasType(audit.ContextType(a.TContext))
}
