package setools

import (
	"slices"
	"strconv"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

func (in *inspector) netifcons(value string) (block, error) {
	found := query.Netifs(in.p, query.NetifQuery{Name: query.Match{Text: value}})
	return block{
		title: "Netifcon",
		text: func(l *listing) {
			for _, r := range found {
				l.buf = append(append(append(l.buf, "netifcon "...), r.Name...), ' ')
				l.buf = append(appendInfoContext(l.buf, in.p, &r.If), ' ')
				in.labelled(l, &r.Packet)
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.Netifcons = []InfoNetifcon{}
			for i, r := range found {
				d.Netifcons = append(d.Netifcons, InfoNetifcon{
					Name: r.Name, Context: in.p.FormatContext(r.If), Packet: in.p.FormatContext(r.Packet), Position: i})
			}
		},
		value: value,
		names: func(yield func(string) bool) {
			for _, r := range query.Netifs(in.p, query.NetifQuery{}) {
				if !yield(r.Name) {
					return
				}
			}
		},
	}, nil
}

func (in *inspector) nodecons(value string) (block, error) {
	found := query.Nodes(in.p, query.NodeQuery{})
	if value != "" {
		network, scoped, err := parseNetwork(value)
		if err != nil {
			return block{}, err
		}
		found = query.Nodes(in.p, query.NodeQuery{Network: network})
		if scoped { // a nodecon has no scope id
			found = func(func(query.NodeCon) bool) {}
		}
	}
	return block{
		title: "Nodecon",
		text: func(l *listing) {
			for n := range query.Nodes(in.p, query.NodeQuery{}) {
				in.warnHostBits(&n)
			}
			for n := range found {
				prefix, _ := n.Prefix()
				mask := netmask(prefix)
				in.labelled(l, &n.Context, "nodecon ", pythonAddr(prefix.Addr()), " ", pythonAddr(mask), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.Nodecons = []InfoNodecon{}
			for n := range found {
				d.Nodecons = append(d.Nodecons, InfoNodecon{
					Address: n.Addr.String(), Mask: n.Mask.String(), Context: in.p.FormatContext(n.Context),
					Position: n.Position})
			}
		},
	}, nil
}

func (in *inspector) warnHostBits(n *query.NodeCon) {
	if prefix, exact := n.Prefix(); !exact && prefix.Addr() != n.Addr {
		in.warn("Nodecon with network " + n.Addr.String() + " " + n.Mask.String() +
			" has host bits set. Analyses may have unexpected results.")
	}
}

func (in *inspector) portcons(string) (block, error) {
	var q query.PortQuery
	r, ok, err := in.args.PortRange()
	if err != nil {
		return block{}, err
	}
	if ok {
		q.Ports = &query.Interval{Low: r.Low, High: r.High, Relation: query.Within}
	}
	return block{
		title: "Portcon",
		text: func(l *listing) {
			for _, c := range query.Ports(in.p, q) {
				in.labelled(l, &c.Context, "portcon ", policy.ProtocolName(c.Protocol), " ", portSpan(&c), " ")
			}
			l.sort()
			in.sayWinners(&q)
		},
		fill: func(d *InfoDocument) {
			d.Portcons = []InfoPortcon{}
			won := make(map[uint32]bool)
			for i, c := range query.Ports(in.p, q) {
				wins := ok && r.Low == r.High && !won[c.Protocol]
				won[c.Protocol] = true
				d.Portcons = append(d.Portcons, InfoPortcon{Protocol: policy.ProtocolName(c.Protocol), Low: c.Low,
					High:    c.High,
					Context: in.p.FormatContext(c.Context), Position: i, Winner: wins})
			}
		},
	}, nil
}

// sayWinners names, for each protocol, the listed portcon that labels the port in question.
func (in *inspector) sayWinners(q *query.PortQuery) {
	if !in.ours || q.Ports == nil || q.Ports.Low != q.Ports.High {
		return
	}
	var said []uint32
	for _, c := range query.Ports(in.p, *q) {
		if slices.Contains(said, c.Protocol) {
			continue
		}
		said = append(said, c.Protocol)
		protocol := policy.ProtocolName(c.Protocol)
		in.warn("senet: " + protocol + "/" + itoa(q.Ports.Low) + " is " + in.p.TypeName(policy.TypeID(c.Context.Type)) +
			": portcon " + protocol + " " + portSpan(&c) + " wins (first match in policy order)")
	}
}

// portSpan writes the ports of a portcon.
func portSpan(c *policydb.PortCon) string {
	if c.Low == c.High {
		return itoa(uint64(c.Low))
	}
	return itoa(uint64(c.Low)) + "-" + itoa(uint64(c.High))
}

func (in *inspector) ibpkeycons(string) (block, error) {
	var q query.IBPKeyQuery
	r, ok, err := in.args.IBPkeyRange()
	if err != nil {
		return block{}, err
	}
	if ok {
		q.PKeys = &query.Interval{Low: uint64(r.Low), High: uint64(r.High)}
	}
	return block{
		title: "Ibpkeycon",
		text: func(l *listing) {
			for c := range query.IBPKeys(in.p, q) {
				keys := "0x" + strconv.FormatUint(uint64(c.Low), 16)
				if c.Low != c.High {
					keys += "-0x" + strconv.FormatUint(uint64(c.High), 16)
				}
				in.labelled(l, &c.Context, "ibpkeycon ", pythonAddr(query.SubnetAddr(c)), " ", keys, " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.IBPkeycons = []InfoIBPkeycon{}
			for c := range query.IBPKeys(in.p, q) {
				d.IBPkeycons = append(d.IBPkeycons, InfoIBPkeycon{SubnetPrefix: query.SubnetAddr(c).String(),
					Low: c.Low, High: c.High, Context: in.p.FormatContext(c.Context)})
			}
		},
	}, nil
}

func (in *inspector) ibendportcons(value string) (block, error) {
	found := query.IBEndPorts(in.p, query.IBEndPortQuery{Device: query.Match{Text: value}})
	return block{
		title: "Ibendportcon",
		text: func(l *listing) {
			for c := range found {
				in.labelled(l, &c.Context, "ibendportcon ", c.Device, " ", itoa(uint64(c.Port)), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.IBEndportcons = []InfoIBEndportcon{}
			for c := range found {
				d.IBEndportcons = append(d.IBEndportcons, InfoIBEndportcon{
					Device: c.Device, Port: c.Port, Context: in.p.FormatContext(c.Context)})
			}
		},
		value: value,
		names: namesOf(query.IBEndPorts(in.p, query.IBEndPortQuery{}),
			func(c *policydb.IBEndPortCon) string { return c.Device }),
	}, nil
}
