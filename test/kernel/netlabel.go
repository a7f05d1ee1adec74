package kernel

import (
	"fmt"
	"net/netip"
	"syscall"
)

// A NetLabel gives packets labels, in all network namespaces: it knows the
// loopback interface by its number, which is the same in all.
type NetLabel struct {
	vm                 *VM
	unlbl, cipso, mgmt uint16 // the generic netlink families
	static             []StaticLabel
	domains            []string
	interpreted        bool // there is a domain of interpretation
}

// A StaticLabel is the label of packets that carry none, by where they come
// from.
type StaticLabel struct {
	From    netip.Prefix
	Context string
}

// NetLabel returns what configures NetLabel in the machine.
func (vm *VM) NetLabel() (*NetLabel, error) {
	n := &NetLabel{vm: vm}
	for name, id := range map[string]*uint16{"NLBL_UNLBL": &n.unlbl, "NLBL_CIPSOv4": &n.cipso, "NLBL_MGMT": &n.mgmt} {
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
	addr := l.From.Masked().Addr()
	kind := uint16(4)
	if addr.Is6() {
		kind = 2
	}
	mask := make([]byte, addr.BitLen()/8)
	for i := range l.From.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return m.attr(kind, addr.AsSlice()).attr(kind+1, mask).text(6, "lo")
}

// AddStatic labels packets that arrive over the loopback interface, as
// netlabelctl unlbl add interface:lo does.
func (n *NetLabel) AddStatic(l StaticLabel) error {
	const staticAdd, context = 3, 7
	if err := n.send(n.unlbl, staticAdd, func(m netlinkMessage) netlinkMessage { return l.address(m).text(context, l.Context) }); err != nil {
		return err
	}
	n.static = append(n.static, l)
	return nil
}

// The kinds of map of a CIPSO domain of interpretation.
const (
	cipsoPass  = 2 // levels as they are
	cipsoLocal = 3 // whole labels, over the loopback interface
)

// AddCIPSO makes packets of sockets of the types carry their labels by CIPSO.
func (n *NetLabel) AddCIPSO(kind uint32, types ...string) error {
	const (
		add, doi     = 1, 7
		tag          = 3 // NLBL_CIPSOV4_A_TAG
		tagBitmap    = 1
		tagLocal     = 128
		protocolCIPS = 3 // NETLBL_NLTYPE_CIPSOV4
	)
	tags := byte(tagBitmap)
	if kind == cipsoLocal {
		tags = tagLocal
	}
	err := n.send(n.cipso, add, func(m netlinkMessage) netlinkMessage { // NLBL_CIPSOV4_A_DOI, _MTYPE, _TAGLST
		return m.little(1, doi).little(2, kind).attr(4|nested, netlinkMessage{}.attr(tag, []byte{tags}))
	})
	if err != nil {
		return err
	}
	n.interpreted = true
	for _, t := range types {
		err := n.send(n.mgmt, add, func(m netlinkMessage) netlinkMessage { // NLBL_MGMT_A_DOMAIN, _PROTOCOL, _CV4DOI
			return m.text(1, t).little(2, protocolCIPS).little(4, doi)
		})
		if err != nil {
			return err
		}
		n.domains = append(n.domains, t)
	}
	return nil
}

// Clear takes away all that was added.
func (n *NetLabel) Clear() error {
	const staticRemove, remove, doi = 4, 2, 7
	for _, l := range n.static {
		if err := n.send(n.unlbl, staticRemove, l.address); err != nil {
			return err
		}
	}
	for _, t := range n.domains {
		if err := n.send(n.mgmt, remove, func(m netlinkMessage) netlinkMessage { return m.text(1, t) }); err != nil {
			return err
		}
	}
	if n.interpreted {
		if err := n.send(n.cipso, remove, func(m netlinkMessage) netlinkMessage { return m.little(1, doi) }); err != nil {
			return err
		}
	}
	n.static, n.domains, n.interpreted = nil, nil, false
	return nil
}
