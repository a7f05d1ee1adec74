package kernel

import (
	"fmt"
	"net/netip"
	"syscall"
)

// A NetLabel gives packets labels, in all network namespaces: it knows the
// loopback interface by its number, which is the same in all.
type NetLabel struct {
	vm *VM
	// The generic netlink families.
	unlbl, cipso, calipso, mgmt uint16
	static                      []StaticLabel
	domains                     []DomainMap
	interpreted, interpreted6   bool // there is a domain of interpretation of CIPSO, CALIPSO
	refuses                     bool // packets without a label
	standard                    bool // the default of the domain map is another
}

// A StaticLabel is the label of packets that carry none, by where they come
// from.
type StaticLabel struct {
	From    netip.Prefix
	Context string
	// Everywhere says that it is for the interfaces that have no static labels.
	Everywhere bool
}

// A DomainMap chooses the labels that the sockets of a domain put into packets: one of the
// protocols, for packets to Addresses, or to all where that is the zero Prefix.
type DomainMap struct {
	Domain    string // "" for all that are not named
	Addresses netip.Prefix
	Protocol  uint32
}

// The protocols of DomainMap (NETLBL_NLTYPE_*).
const (
	protocolCIPSO      = 3
	protocolUnlabelled = 5
	protocolCALIPSO    = 7
)

// A cipsoDefinition is a domain of interpretation of CIPSO.
type cipsoDefinition struct {
	kind uint32
	tags []byte
	// levels and categories are pairs of local and remote numbers, of cipsoTrans.
	levels, categories [][2]uint32
}

// NetLabel returns what configures NetLabel in the machine.
func (vm *VM) NetLabel() (*NetLabel, error) {
	n := &NetLabel{vm: vm}
	for name, id := range map[string]*uint16{"NLBL_UNLBL": &n.unlbl, "NLBL_CIPSOv4": &n.cipso,
		"NLBL_CALIPSO": &n.calipso, "NLBL_MGMT": &n.mgmt} {
		var err error
		if *id, err = vm.genericFamily(name); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// protocolVersion is NETLBL_PROTO_VERSION.
const protocolVersion = 3

func (n *NetLabel) send(family uint16, command byte, fill func(netlinkMessage) netlinkMessage) error {
	m := fill(newMessage(family, flagsAcked, command, protocolVersion, 0, 0))
	_, err := n.vm.netlink(syscall.NETLINK_GENERIC, m.done())
	if err != nil {
		return fmt.Errorf("NetLabel command %d of family %d: %w", command, family, err)
	}
	return nil
}

// address appends the interface and the addresses of a static label:
// NLBL_UNLABEL_A_IPV6ADDR to _IFACE.
func (l *StaticLabel) address(m netlinkMessage) netlinkMessage {
	if m = masked(m, l.From, 4, 2); l.Everywhere {
		return m
	}
	return m.text(6, "lo")
}

// masked appends an address and, with the next number, its mask.
func masked(m netlinkMessage, p netip.Prefix, v4, v6 uint16) netlinkMessage {
	addr, kind := p.Masked().Addr(), v4
	if addr.Is6() {
		kind = v6
	}
	mask := make([]byte, addr.BitLen()/8)
	for i := range p.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return m.attr(kind, addr.AsSlice()).attr(kind+1, mask)
}

// AddStatic labels packets that arrive over the loopback interface, or over all
// that have no labels, as netlabelctl unlbl add does.
func (n *NetLabel) AddStatic(l StaticLabel) error {
	command, context := byte(3), uint16(7) // NLBL_UNLABEL_C_STATICADD, _A_SECCTX
	if l.Everywhere {
		command = 6
	}
	if err := n.send(n.unlbl, command, func(m netlinkMessage) netlinkMessage {
		return l.address(m).text(context,
			l.Context)
	}); err != nil {
		return err
	}
	n.static = append(n.static, l)
	return nil
}

// Accept says whether packets without a label are accepted.
func (n *NetLabel) Accept(yes bool) error {
	flag := byte(0)
	if yes {
		flag = 1
	}
	n.refuses = !yes
	return n.send(n.unlbl, 1, func(m netlinkMessage) netlinkMessage { return m.attr(1, []byte{flag}) })
}

// The kinds of map of a CIPSO domain of interpretation.
const (
	cipsoTrans = 1 // levels by a table
	cipsoPass  = 2 // levels as they are
	cipsoLocal = 3 // whole labels, over the loopback interface
)

// The tags of CIPSO options: categories as bits, whole labels.
const (
	tagBitmap = 1
	tagLocal  = 128
)

// doi is the domain of interpretation of all that is added.
const doi = 7

// AddCIPSO makes packets of sockets of the types carry their labels by CIPSO.
func (n *NetLabel) AddCIPSO(kind uint32, types ...string) error {
	d := &cipsoDefinition{kind: kind, tags: []byte{tagBitmap}}
	if kind == cipsoLocal {
		d.tags = []byte{tagLocal}
	}
	if err := n.Define(d); err != nil {
		return err
	}
	for _, t := range types {
		if err := n.Map(DomainMap{Domain: t, Protocol: protocolCIPSO}); err != nil {
			return err
		}
	}
	return nil
}

// Define adds a domain of interpretation of CIPSO.
func (n *NetLabel) Define(d *cipsoDefinition) error {
	pairs := func(list [][2]uint32, each, local, remote uint16) netlinkMessage {
		var m netlinkMessage
		for _, p := range list {
			m = m.attr(each|nested, netlinkMessage{}.little(local, p[0]).little(remote, p[1]))
		}
		return m
	}
	err := n.send(n.cipso, 1, func(m netlinkMessage) netlinkMessage { // NLBL_CIPSOV4_A_DOI, _MTYPE, _TAGLST
		var tags netlinkMessage
		for _, t := range d.tags {
			tags = tags.attr(3, []byte{t})
		}
		m = m.little(1, doi).little(2, d.kind).attr(4|nested, tags)
		if d.kind == cipsoTrans { // _MLSLVLLST, _MLSCATLST
			m = m.attr(8|nested, pairs(d.levels, 7, 5, 6)).attr(12|nested, pairs(d.categories, 11, 9, 10))
		}
		return m
	})
	n.interpreted = n.interpreted || err == nil
	return err
}

// DefineCALIPSO adds a domain of interpretation of CALIPSO, which passes levels
// as they are.
func (n *NetLabel) DefineCALIPSO() error {
	const add, pass = 1, 2
	err := n.send(n.calipso, add, func(m netlinkMessage) netlinkMessage { return m.little(1, doi).little(2, pass) })
	n.interpreted6 = n.interpreted6 || err == nil
	return err
}

// Map adds an entry of the domain map, or replaces its default.
func (n *NetLabel) Map(d DomainMap) error {
	const add, addDefault, removeDefault = 1, 4, 5
	command := byte(add)
	if d.Domain == "" {
		if err := n.send(n.mgmt, removeDefault, func(m netlinkMessage) netlinkMessage { return m }); err != nil {
			return err
		}
		command, n.standard = addDefault, d.Protocol != protocolUnlabelled
	}
	return n.add(command, d)
}

// MapDefault6 adds what sockets of IPv6 do whose domain is not named, beside a
// default for IPv4.
func (n *NetLabel) MapDefault6(d DomainMap) error {
	const addDefault, family = 4, 11
	return n.send(n.mgmt, addDefault, func(m netlinkMessage) netlinkMessage {
		return m.little(2, d.Protocol).attr(family, []byte{syscall.AF_INET6, 0})
	})
}

func (n *NetLabel) add(command byte, d DomainMap) error {
	// NLBL_MGMT_A_DOMAIN, _PROTOCOL, _CV4DOI, _CLPDOI
	err := n.send(n.mgmt, command, func(m netlinkMessage) netlinkMessage {
		if d.Domain != "" {
			m = m.text(1, d.Domain)
		}
		m = m.little(2, d.Protocol)
		switch d.Protocol {
		case protocolCIPSO:
			m = m.little(4, doi)
		case protocolCALIPSO:
			m = m.little(12, doi)
		}
		if d.Addresses.IsValid() {
			m = masked(m, d.Addresses, 7, 5)
		}
		return m
	})
	if err == nil && d.Domain != "" {
		n.domains = append(n.domains, d)
	}
	return err
}

// Clear takes away all that was added.
func (n *NetLabel) Clear() error {
	const staticRemove, staticRemoveDefault, remove = 4, 7, 2
	for _, l := range n.static {
		command := byte(staticRemove)
		if l.Everywhere {
			command = staticRemoveDefault
		}
		if err := n.send(n.unlbl, command, l.address); err != nil {
			return err
		}
	}
	if n.refuses {
		if err := n.Accept(true); err != nil {
			return err
		}
	}
	if n.standard {
		if err := n.Map(DomainMap{Protocol: protocolUnlabelled}); err != nil {
			return err
		}
	}
	// Removing a domain of interpretation removes the entries that use it.
	if n.interpreted {
		if err := n.send(n.cipso, remove, func(m netlinkMessage) netlinkMessage {
			return m.little(1,
				doi)
		}); err != nil {
			return err
		}
	}
	if n.interpreted6 {
		if err := n.send(n.calipso, remove, func(m netlinkMessage) netlinkMessage {
			return m.little(1,
				doi)
		}); err != nil {
			return err
		}
	}
	for _, d := range n.domains {
		// it may be gone
		_ = n.send(n.mgmt, remove, func(m netlinkMessage) netlinkMessage { return m.text(1, d.Domain) })
	}
	n.static, n.domains, n.interpreted, n.interpreted6 = nil, nil, false, false
	return nil
}
