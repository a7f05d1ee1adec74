package diagnose

import (
	"fmt"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// contexts finds the contexts that a record is about in the policy. What labels
// a port, an address or an interface is looked up as it is today; ok is false
// where the policy does not have a type that is needed.
func (g *Diagnoser) contexts(d *Diagnosis, a *audit.AVC) (source, target policy.Context, ok bool) {
	source, fromType, ok := g.context(a.SContext, true)
	if !ok {
		d.missing(g.p, NoSource, a.SContext)
	} else if fromType {
		d.note(NoteContext, fmt.Sprintf("the policy does not have the context %s; asked as %s", a.SContext, g.p.FormatContext(source)))
	}
	logged, fromType, known := g.context(a.TContext, false)
	if label, has := g.label(d, a, logged, known); has {
		d.Label = &label
		if !known || !g.same(label.Context, logged) {
			d.Was = a.TContext
		}
		return source, label.Context, ok
	}
	if !known {
		d.missing(g.p, NoTarget, a.TContext)
	} else if fromType && a.TContext != a.SContext {
		d.note(NoteContext, fmt.Sprintf("the policy does not have the context %s; asked as %s", a.TContext, g.p.FormatContext(logged)))
	}
	return source, logged, ok && known
}

// missing notes that the policy does not know a context of the record.
func (d *Diagnosis) missing(p *policy.Policy, which GapKind, context string) {
	if name := audit.ContextType(context); name != "" {
		if _, ok := p.Type(name); !ok {
			d.gap(NoType, name, "")
			return
		}
	}
	d.gap(which, context, "")
}

// context finds a context of a record. Where the policy has its type, but not
// the whole of it (another user, no levels), fromType is true and the context is
// one that the type may have.
func (g *Diagnoser) context(text string, process bool) (c policy.Context, fromType, ok bool) {
	c, err := g.p.ParseContext(text)
	if err == nil {
		return c, false, true
	}
	id, ok := g.p.Type(audit.ContextType(text))
	if !ok {
		return policy.Context{}, false, false
	}
	if !process {
		if c, ok := g.object(id); ok {
			return c, true, true
		}
	}
	c, ok = subject.FromType(g.p, id)
	return c, true, ok
}

// object returns the context that an object of a type would have.
func (g *Diagnoser) object(id policy.TypeID) (policy.Context, bool) {
	c, ok := g.p.InitialSID(policy.SIDPort) // system_u:object_r:port_t:s0
	if !ok {
		return policy.Context{}, false
	}
	c.Type = uint32(id)
	return c, g.p.ValidateContext(c) == nil
}

// label returns today's label of the port, address or interface that a record
// is about; false where it is about none, or does not say which.
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
		// 0.0.0.0 or ::, which the record does not tell apart.
		labels := unspecified()
		first := g.p.NodeLabel(labels[0])
		if second := g.p.NodeLabel(labels[1]); known && !g.same(first.Context, logged) && g.same(second.Context, logged) {
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

// portLabel returns the label of a port. Sockets of class rawip_socket have
// ports of several protocols: raw and UDP-Lite none that a portcon could name,
// SCTP where the policy lacks extended_socket_class.
func (g *Diagnoser) portLabel(d *Diagnosis, logged policy.Context, known bool) (policy.Label, bool) {
	s, ok := network.SocketOf(d.Protocol)
	if !ok || s.PortProtocol == 0 {
		return policy.Label{}, false
	}
	label := g.p.PortLabel(s.PortProtocol, d.Port)
	if d.Class == "rawip_socket" && !g.p.HasPolicyCap(policy.CapExtendedSocketClass) {
		sctp := g.p.PortLabel(policy.ProtoSCTP, d.Port)
		if known && !g.same(label.Context, logged) && g.same(sctp.Context, logged) {
			return sctp, true
		}
	}
	return label, true
}

func (g *Diagnoser) same(a, b policy.Context) bool {
	return a.Type == b.Type && (!g.p.MLS() || policy.SameLevel(a.Range.Low, b.Range.Low) && policy.SameLevel(a.Range.High, b.Range.High))
}

func (g *Diagnoser) typeName(c policy.Context) string { return g.p.TypeName(policy.TypeID(c.Type)) }

// Knows reports whether the policy has the types that a record is about.
func (g *Diagnoser) Knows(a *audit.AVC) bool {
	for _, context := range [...]string{a.SContext, a.TContext} {
		if _, ok := g.p.Type(audit.ContextType(context)); !ok {
			return false
		}
	}
	return true
}
