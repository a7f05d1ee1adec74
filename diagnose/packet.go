package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// packet replaces the labels of a packet's record by today's labels according to the
// facts of the host: the SECMARK label of a packet, and the label that NetLabel gives to
// a peer, or to the sender when interface and address are checked for arriving packets.
// ok is false if one of the labels is not known.
func (g *Diagnoser) packet(d *Diagnosis, a *audit.AVC, source, target recordContext, hasSource,
	hasTarget bool) (policy.Context, policy.Context, bool) {
	p := network.Passage{
		Departs: d.Call == network.CallEgress, Source: a.SAddr.Unmap(), Dest: a.DAddr.Unmap(), SPort: a.Src,
		DPort: a.Dest, Netif: a.Netif,
		Machine: g.machine.Machine,
	}
	if d.Call == "" { // a forwarded packet, or a permission that no kernel has
		return source.Context, target.Context, hasSource && hasTarget
	}
	switch d.Hook {
	case HookPacket:
		list, asked := p.Secmarks(g.d)
		d.unasked = !asked
		if c, by, ok := g.today(d, a, list, target.Context, hasTarget); ok {
			g.relabel(d, c, by, target.Context, hasTarget, a.TContext)
			return source.Context, c, hasSource
		}
	case HookPeer:
		list, asked := p.Senders(g.d)
		d.unasked = !asked
		if hasTarget && len(list) > 0 && !g.here() && !slices.ContainsFunc(list, func(l network.PacketLabel) bool {
			return l.Unknown || g.same(l.Context, target.Context)
		}) {
			d.unasked = false
			d.note(NotePacketLabel, "the host of the log labels packets (NetLabel, labelled IPsec): the label is the "+
				"one of the record")
			break
		}
		if c, by, ok := g.today(d, a, list, target.Context, hasTarget); ok {
			g.relabel(d, c, by, target.Context, hasTarget, a.TContext)
			return source.Context, c, hasSource
		}
	case HookNetif, HookNode:
		d.unasked = !p.ChecksSenders(g.p)
		if p.Departs {
			break
		}
		list, _ := p.Senders(g.d)
		if c, by, ok := g.today(d, a, list, source.Context, hasSource); ok {
			if !hasSource || !g.same(c, source.Context) {
				d.WasSource = a.SContext
				d.note(NotePacketLabel, fmt.Sprintf("the record says that %s sent it, today such a packet is "+
					"labelled %s: %s", audit.ContextType(a.SContext), g.typeName(c), by))
			}
			return c, target.Context, hasTarget
		}
	}
	return source.Context, target.Context, hasSource && hasTarget
}

// here reports whether the facts are those of the running host, from which a log may be.
func (g *Diagnoser) here() bool {
	return !g.host.Assumed && (g.system == nil || g.system.Root.Live())
}

// relabel notes that a packet has another label today.
func (g *Diagnoser) relabel(d *Diagnosis, c policy.Context, by string, logged policy.Context, known bool, text string) {
	d.Label = &policy.Label{Context: c, Record: -1}
	if !known || !g.same(c, logged) {
		d.Was = text
	}
	d.note(NotePacketLabel, "such a packet today: "+by)
}

// today chooses one of the possible labels of a packet: the record's, if it is possible,
// else the first denied one. ok is false if the facts do not tell.
func (g *Diagnoser) today(d *Diagnosis, a *audit.AVC, list []network.PacketLabel, logged policy.Context,
	known bool) (c policy.Context, by string, ok bool) {
	for _, l := range list {
		if l.Unknown {
			d.note(NotePacketLabel, "which label such a packet has today depends on unknown facts: "+l.By)
			return c, "", false
		}
	}
	if len(list) == 0 {
		return c, "", false
	}
	if i := slices.IndexFunc(list, func(l network.PacketLabel) bool {
		return known && g.same(l.Context,
			logged)
	}); i >= 0 {
		return list[i].Context, list[i].By, true
	}
	if len(list) > 1 {
		var names []string
		for _, l := range list {
			names = append(names, g.typeName(l.Context))
		}
		d.note(NotePacketLabel, "today it may be labelled "+strings.Join(names, " or "))
	}
	if d.Hook == HookPacket {
		if source, ok := g.context(a.SContext, true); ok {
			for _, l := range list {
				for _, perm := range a.Permissions {
					if !g.d.Check(source.Context, l.Context, a.TClass, perm).Perms[0].Allowed {
						return l.Context, l.By, true
					}
				}
			}
		}
	}
	return list[0].Context, list[0].By, true
}

// noteUnasked says why the kernel of this host does not make a check of packets.
func (g *Diagnoser) noteUnasked(d *Diagnosis) {
	text := "packets carry no labels on this host (no NetLabel, no labelled IPsec)"
	if d.Hook == HookPacket {
		text = "no rule labels packets on this host (SECMARK)"
	}
	d.note(NotePacketLabel, text+", and the policy does not have the capability always_check_network: the kernel "+
		"does not check them")
}
