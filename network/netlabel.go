package network

import (
	"fmt"
	"net/netip"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// A labelled is a possible label, and the fact that sets it.
type labelled struct {
	context policy.Context
	// none says that there is no label. The kernel then uses the label of the initial SID unlabeled.
	none bool
	// unknown says that senet cannot tell the label; why is the fact that decides.
	unknown bool
	// lost says that the kernel drops the packet without a check.
	lost bool
	why  string
}

// A wire has the options that NetLabel puts into the packets of a socket to an address
// (netlbl_domhsh_getentry_af4 and others, cipso_v4_genopt).
type wire struct {
	kind  wireKind
	level policy.Level
	// passedOver says that a static label replaces the level. CALIPSO's level without categories counts as none:
	// calipso_opt_getattr returns -ENOENT. It has stored the level, which counts if there is no static label.
	passedOver bool
	errno      Errno // the error of a call that fails for this reason
	why        string
}

type wireKind uint8

const (
	wireNothing wireKind = iota
	wireWhole            // the whole label, over the loopback interface
	wireLevel            // only the level
	wireFails            // the label cannot be written: the call that needs it fails
	wireUnknown
)

// domainEntry finds the entry of NetLabel's domain map for a socket's packets to an address. ok is
// false if there is none.
func domainEntry(n *host.NetLabel, domain string, to netip.Addr) (host.DomainMap, bool) {
	family := familyOf(to)
	of := func(name string) (best host.DomainMap, found bool) {
		bits := -1
		for _, d := range n.Domains {
			if d.Domain != name || d.Family != "" && d.Family != family {
				continue
			}
			if d.Addresses == "" {
				return d, true
			}
			p, err := netip.ParsePrefix(d.Addresses)
			if err == nil && p.Contains(to) && p.Bits() > bits {
				best, found, bits = d, true, p.Bits()
			}
		}
		return best, found
	}
	for _, d := range n.Domains {
		if d.Domain == domain && (d.Family == "" || d.Family == family) {
			return of(domain)
		}
	}
	return of("")
}

// wireOf returns the options in the packets of a socket with a label.
func (a *asking) wireOf(label policy.Context, to netip.Addr) wire {
	n := a.q.Host.NetLabel
	if n == nil || len(n.CIPSO)+len(n.CALIPSO) == 0 {
		return wire{}
	}
	domain := a.p.TypeName(policy.TypeID(label.Type))
	d, ok := domainEntry(n, domain, to)
	if !ok {
		return wire{kind: wireFails, errno: ENOENT, why: "NetLabel has no entry for the domain " + domain +
			" and this address"}
	}
	switch d.Protocol {
	case "unlabelled":
		return wire{}
	case "cipso":
		for i := range n.Definitions {
			if n.Definitions[i].DOI == d.DOI {
				return a.cipso(&n.Definitions[i], label, domain)
			}
		}
	case "calipso":
		if !a.p.MLS() {
			return wire{kind: wireFails, errno: EPERM, why: "CALIPSO carries levels, and the policy has none"}
		}
		return wire{kind: wireLevel, level: label.Range.Low, passedOver: label.Range.Low.Cats.IsEmpty(),
			why: fmt.Sprintf("labelled by CALIPSO DOI %d for the domain %s", d.DOI, domain)}
	}
	return wire{kind: wireUnknown, why: "NetLabel's " + d.Protocol + " for the domain " + domain}
}

// answerOf returns the options in the answer of a listening socket. An SCTP socket with the class rawip_socket has
// no own label if the domain has entries by address: selinux_sctp_assoc_request asks for sctp_socket, and
// selinux_ip_output does not change packets of listeners.
func (a *asking) answerOf(label policy.Context, to netip.Addr) wire {
	if n := a.q.Host.NetLabel; n != nil && a.s.Protocol == SCTP && a.class != "sctp_socket" {
		if _, byAddress := entriesOf(n, a.p.TypeName(policy.TypeID(label.Type)), familyOf(to)); byAddress {
			return wire{}
		}
	}
	return a.wireOf(label, to)
}

// cipso writes a label with the tags of a definition. It uses the first tag that can hold the label.
func (a *asking) cipso(d *host.CIPSODefinition, label policy.Context, domain string) wire {
	w := wire{errno: EPERM, why: fmt.Sprintf("labelled by CIPSO DOI %d, %s, for the domain %s", d.DOI, d.Map, domain)}
	for _, tag := range d.Tags {
		if tag == 128 {
			w.kind = wireWhole
			return w
		}
		if !a.p.MLS() {
			continue
		}
		level, ok := translated(d, label.Range.Low)
		if !ok {
			w.errno = EPERM
			continue
		}
		if level == nil {
			w.kind = wireUnknown
			return w
		}
		if fits(tag, label.Range.Low) {
			w.kind, w.level = wireLevel, *level
			return w
		}
		w.errno = ENOSPC
	}
	w.kind, w.why = wireFails, fmt.Sprintf("NetLabel cannot write the label by CIPSO DOI %d, %s, for the domain %s",
		d.DOI, d.Map, domain)
	return w
}

// translated returns the level that arrives after a definition has written a level into a packet and read it again.
// ok is false if no level arrives. The level is nil if senet cannot tell it.
func translated(d *host.CIPSODefinition, l policy.Level) (level *policy.Level, ok bool) {
	if d.Map == "pass" {
		return &l, true
	}
	if d.Map != "trans" {
		return nil, false
	}
	through := func(table [][2]uint32, n uint32) (back uint32, found, clear bool) {
		for _, pair := range table {
			if pair[0] != n {
				continue
			}
			same := 0
			for _, other := range table {
				if other[1] == pair[1] {
					same++
				}
			}
			return n, true, same == 1
		}
		return 0, false, true
	}
	out := policy.Level{}
	sens, found, clear := through(d.Levels, l.Sens-1)
	if !found {
		return nil, false
	}
	out.Sens = sens + 1
	for c := range l.Cats.All() {
		cat, found, one := through(d.Categories, c)
		if !found {
			return nil, false
		}
		clear = clear && one
		out.Cats = out.Cats.With(cat)
	}
	if !clear {
		return nil, true
	}
	return &out, true
}

// fits reports whether the categories of a level fit into a tag: 30 bytes of an option of 40.
func fits(tag int, l policy.Level) bool {
	const room = 30
	n, last, begin := 0, -2, false
	for c := range l.Cats.All() {
		switch tag {
		case 1:
			if c >= room*8 {
				return false
			}
		case 2:
			if n += 2; n > room {
				return false
			}
		case 5:
			if int(c) != last+1 { // a range of two numbers begins; a range from 0 on takes one number
				n += 4
				if begin = c == 0; begin {
					n -= 2
				}
			}
			if last = int(c); n > room {
				return false
			}
		default:
			return false
		}
	}
	return tag == 1 || tag == 2 || tag == 5
}

// fallbackLabel returns the static label of packets that have no other label (netlbl_unlabel_getattr). iface is ""
// for packets that leave.
func (a *asking) fallbackLabel(iface string, from netip.Addr) labelled {
	n := a.q.Host.NetLabel
	none := labelled{none: true, context: a.unlabeled}
	if n == nil || !n.Enabled() {
		return none
	}
	of := func(name string) (list []host.StaticLabel) {
		for _, s := range n.Static {
			if s.Interface == name {
				list = append(list, s)
			}
		}
		return list
	}
	list := of(iface)
	if iface == "" || len(list) == 0 {
		list = of("")
	}
	var best *host.StaticLabel
	bits := -1
	for i := range list {
		p, err := netip.ParsePrefix(list[i].Addresses)
		switch {
		case err != nil, !from.IsValid():
			return labelled{unknown: true,
				why: "NetLabel's static labels, which depend on the address of the other end"}
		case p.Contains(from) && p.Bits() > bits:
			best, bits = &list[i], p.Bits()
		}
	}
	if best == nil {
		if !n.AcceptUnlabelled {
			return labelled{lost: true, none: true, context: a.unlabeled,
				why: "NetLabel does not accept packets without a label"}
		}
		return none
	}
	name := "any interface"
	if best.Interface != "" {
		name = "interface " + best.Interface
	}
	return a.factLabel(best.Context, fmt.Sprintf("labelled by NetLabel's static label for %s, %s", best.Addresses,
		name))
}

// factLabel reads a label from a fact. If the policy lacks the label, the result is the label of the initial SID
// unlabeled, as in the kernel after a change of policy.
func (a *asking) factLabel(text, why string) labelled {
	c, err := a.p.ParseContext(text)
	if err == nil {
		err = a.p.ValidateContext(c)
	}
	if err != nil {
		return labelled{context: a.unlabeled, why: why + ", whose label " + text + " this policy does not have"}
	}
	return labelled{context: c, why: why}
}

// received returns the label of an arriving packet with the sender's options.
func (a *asking) received(w wire, iface string, from netip.Addr) labelled {
	switch w.kind {
	case wireNothing:
		return a.fallbackLabel(iface, from)
	case wireLevel:
		if w.passedOver {
			if static := a.fallbackLabel(iface, from); !static.none || static.lost {
				return static
			}
		}
		c, ok := a.p.InitialSID(policy.SIDNetmsg)
		if !ok {
			c = a.unlabeled
		}
		c.Range = policy.Range{Low: w.level, High: w.level, Single: true}
		if a.p.ValidateContext(c) != nil {
			return labelled{lost: true, context: a.unlabeled,
				why: w.why + ", with a level that the policy does not have"}
		}
		return labelled{context: c, why: w.why}
	case wireUnknown, wireWhole, wireFails:
	}
	return labelled{unknown: true, why: w.why}
}
