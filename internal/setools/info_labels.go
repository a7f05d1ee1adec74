package setools

import (
	"strconv"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

// labelled appends an item that ends in a context.
func (in *inspector) labelled(l *listing, c *policydb.Context, pieces ...string) {
	for _, s := range pieces {
		l.buf = append(l.buf, s...)
	}
	l.buf = appendInfoContext(l.buf, in.p, c)
	l.end()
}

// onSELinux empties the components of SELinux on a policy for Xen, whose labels are of other things. 4.4.1 lists nothing there
// either where the policy has no such labels, and else takes one for the other.
func (in *inspector) onSELinux() bool { return in.p.DB().Target == policydb.TargetSELinux }

func (in *inspector) fsUses(value string) (block, error) {
	found := query.FSUses(in.p, query.FSUseQuery{FS: query.Match{Text: value}})
	return block{
		title: "Fs_use",
		text: func(l *listing) {
			for r := range found {
				l.buf = append(append(append(append(l.buf, query.FSUseName(r.Behavior)...), ' '), r.Name...), ' ')
				l.buf = appendInfoContext(l.buf, in.p, &r.Context)
				l.line(";")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.FSUses = []InfoFSUse{}
			for r := range found {
				d.FSUses = append(d.FSUses, InfoFSUse{
					Kind: query.FSUseName(r.Behavior), FS: r.Name, Context: in.p.FormatContext(r.Context)})
			}
			sortJSON(d.FSUses, func(r *InfoFSUse) string { return r.Kind + " " + r.FS })
		},
		value: value,
		names: namesOf(query.FSUses(in.p, query.FSUseQuery{}), func(r *policydb.FSUse) string { return r.Name }),
	}, nil
}

func (in *inspector) genfscons(value string) (block, error) {
	found := query.GenFSCons(in.p, query.GenFSQuery{FS: query.Match{Text: value}})
	return block{
		title: "Genfscon",
		text: func(l *listing) {
			for g := range found {
				in.labelled(l, &g.Context, "genfscon ", g.FS, " ", g.Path, " ", g.FileType.String(), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.Genfscons = []InfoGenfscon{}
			for g := range found {
				d.Genfscons = append(d.Genfscons, InfoGenfscon{
					FS: g.FS, Path: g.Path, Class: in.p.ClassName(g.Class), Context: in.p.FormatContext(g.Context)})
			}
			sortJSON(d.Genfscons, func(g *InfoGenfscon) string { return g.FS + " " + g.Path + " " + g.Class })
		},
		value: value,
		names: namesOf(query.GenFSCons(in.p, query.GenFSQuery{}), func(g query.GenFSCon) string { return g.FS }),
	}, nil
}

func (in *inspector) initialSIDs(value string) (block, error) {
	name := func(r *policydb.InitialSID) string { return query.InitialSIDName(in.p.DB().Target, r.SID) }
	list := func() []named[*policydb.InitialSID] {
		return byName(query.InitialSIDs(in.p, query.InitialSIDQuery{Name: query.Match{Text: value}}), name)
	}
	return block{
		title: "Initial SIDs",
		text: func(l *listing) {
			for _, r := range list() {
				if in.args.Expand {
					in.labelled(l, &r.id.Context, "sid ", r.name, " ")
				} else {
					l.line(r.name)
				}
			}
		},
		fill: func(d *InfoDocument) {
			d.InitialSIDs = []InfoInitialSID{}
			for _, r := range list() {
				d.InitialSIDs = append(d.InitialSIDs, InfoInitialSID{
					Name: r.name, SID: r.id.SID, Context: in.p.FormatContext(r.id.Context)})
			}
		},
		value: value, names: namesOf(query.InitialSIDs(in.p, query.InitialSIDQuery{}), name),
	}, nil
}

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
	q := query.NodeQuery{}
	if value != "" {
		network, scoped, err := parseNetwork(value)
		if err != nil {
			return block{}, err
		}
		q.Network = network
		if scoped {
			q.Version, q.Network = 5, network // no nodecon has a scope
		}
	}
	found := query.Nodes(in.p, q)
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
					Address: n.Addr.String(), Mask: n.Mask.String(), Context: in.p.FormatContext(n.Context), Position: n.Position})
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
				ports := itoa(uint64(c.Low))
				if c.Low != c.High {
					ports += "-" + itoa(uint64(c.High))
				}
				in.labelled(l, &c.Context, "portcon ", protocolName(c.Protocol), " ", ports, " ")
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
				d.Portcons = append(d.Portcons, InfoPortcon{Protocol: protocolName(c.Protocol), Low: c.Low, High: c.High,
					Context: in.p.FormatContext(c.Context), Position: i, Winner: wins})
			}
		},
	}, nil
}

// sayWinners says of each protocol which of the listed portcons labels the port that was asked for.
func (in *inspector) sayWinners(q *query.PortQuery) {
	if !in.ours || q.Ports == nil || q.Ports.Low != q.Ports.High {
		return
	}
	var said policy.Set[policy.TypeID] = policy.NewSet[policy.TypeID](255)
	for _, c := range query.Ports(in.p, *q) {
		if said.Has(policy.TypeID(c.Protocol)) {
			continue
		}
		said.Add(policy.TypeID(c.Protocol))
		protocol, ports := protocolName(c.Protocol), itoa(uint64(c.Low))
		if c.Low != c.High {
			ports += "-" + itoa(uint64(c.High))
		}
		in.warn("senet: " + protocol + "/" + itoa(q.Ports.Low) + " is " + in.p.TypeName(policy.TypeID(c.Context.Type)) +
			": portcon " + protocol + " " + ports + " wins (first match in policy order)")
	}
}

// protocolName returns the keyword of a portcon's protocol, or its number.
func protocolName(protocol uint32) string {
	switch protocol {
	case policy.ProtoTCP:
		return "tcp"
	case policy.ProtoUDP:
		return "udp"
	case policy.ProtoDCCP:
		return "dccp"
	case policy.ProtoSCTP:
		return "sctp"
	}
	return itoa(uint64(protocol))
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
		names: namesOf(query.IBEndPorts(in.p, query.IBEndPortQuery{}), func(c *policydb.IBEndPortCon) string { return c.Device }),
	}, nil
}
