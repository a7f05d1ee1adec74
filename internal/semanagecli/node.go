package semanagecli

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/semanage"
)

type nodeCommand struct{}

func (nodeCommand) kind() semanage.Kind { return semanage.Nodes }
func (nodeCommand) typed() string       { return "a node type" }

func (nodeCommand) target(a *arguments) (target, error) {
	addr, mask, proto := a.text("node"), a.text("netmask"), a.text("proto")
	if strings.HasPrefix(mask, "/") {
		network, err := pythonNetwork(addr, mask)
		if err != nil {
			return target{}, err
		}
		addr, mask, proto = pythonAddr(network.Addr), pythonAddr(network.Mask), family(network.Addr)
	}
	if proto != "ipv4" && proto != "ipv6" {
		return target{}, valueError("Unknown or missing protocol")
	}
	t := target{
		subject: "Addr " + addr, name: "addr " + addr,
		audit: nodeResource(addr, mask, proto),
	}
	key, err := semanage.ParseNode(addr, mask, proto)
	if err != nil {
		t.err = valueError("Could not create key for " + addr)
		return t, nil
	}
	t.key = key
	return t, nil
}

// nodeResource uses the numbers of /etc/protocols. If "ipv4" is not in that file, as on Debian, it uses 4, as
// semanage does.
func nodeResource(addr, mask, proto string) resource {
	number := 4
	if proto == "ipv6" {
		number = 41
	}
	return resource{"node", fmt.Sprintf("laddr=%s netmask=%s proto=%d", addr, mask, number)}
}

// pythonNetwork is ipaddress.ip_network(addr + mask), with its errors.
func pythonNetwork(addr, mask string) (semanage.NodeKey, error) {
	key, err := semanage.ParseNode(addr, mask, "")
	if err == nil {
		return key, nil
	}
	a, addrErr := netip.ParseAddr(addr)
	zero := netip.IPv4Unspecified()
	if addrErr == nil && a.Is6() {
		zero = netip.IPv6Unspecified()
	}
	all, maskErr := semanage.ParseNode(zero.String(), mask, "")
	if addrErr != nil || a.Zone() != "" || maskErr != nil {
		return key, valueError(argparse.Repr(addr+mask) + " does not appear to be an IPv4 or IPv6 network")
	}
	length := 0
	for netip.PrefixFrom(all.Mask, length).Masked().Addr() != all.Mask {
		length++
	}
	return key, valueError(fmt.Sprintf("%s/%d has host bits set", pythonAddr(a), length))
}

// pythonAddr is Python's str of an address. It never uses the dotted form for an IPv4 address in IPv6.
func pythonAddr(a netip.Addr) string {
	if a.Is4In6() {
		b := a.As16()
		return fmt.Sprintf("::ffff:%x:%x", uint16(b[12])<<8|uint16(b[13]), uint16(b[14])<<8|uint16(b[15]))
	}
	return a.String()
}

func family(a netip.Addr) string {
	if a.Is4() {
		return "ipv4"
	}
	return "ipv6"
}

func (nodeCommand) record(k semanage.Key, c semanage.Context) semanage.Record {
	key := k.(semanage.NodeKey)
	return semanage.Node{Addr: key.Addr, Mask: key.Mask, Context: c}
}

// nodeText returns the protocol, the address and the mask as libsepol prints
// them.
func nodeText(n semanage.Node) (proto, addr, mask string) {
	proto, rest, _ := strings.Cut(n.Key().String(), " ")
	addr, mask, _ = strings.Cut(rest, "/")
	return proto, addr, mask
}

func (nodeCommand) resource(record semanage.Record) resource {
	proto, addr, mask := nodeText(record.(semanage.Node))
	return nodeResource(addr, mask, proto)
}

func (nodeCommand) list(r *run, records []semanage.Record, heading bool) {
	type node struct{ addr, mask, proto string }
	contexts := map[node]semanage.Context{}
	var nodes []node
	for _, record := range records {
		n := record.(semanage.Node)
		proto, addr, mask := nodeText(n)
		k := node{addr, mask, proto}
		if _, ok := contexts[k]; !ok {
			nodes = append(nodes, k)
		}
		contexts[k] = n.Context
	}
	slices.SortFunc(nodes, func(a, b node) int {
		return slices.Compare([]string{a.addr, a.mask, a.proto}, []string{b.addr, b.mask, b.proto})
	})
	if heading {
		fmt.Fprintf(&r.out, "%-18s %-18s %-5s %-5s\n\n", "IP Address", "Netmask", "Protocol", "Context")
	}
	for _, k := range nodes {
		fmt.Fprintf(&r.out, "%-18s %-18s %-5s %s \n", k.addr, k.mask, k.proto, contexts[k])
	}
}
