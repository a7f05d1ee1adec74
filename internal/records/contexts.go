package records

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/semanage"
)

// Parse reads the record of a node or an interface as people name it: see [ParseNode]; mask
// and proto are of nodes. Where the record is to be made, the kernel must be able to use
// it: the error of a name is an *[InterfaceNameError].
func Parse(kind semanage.Kind, name, mask, proto string, c semanage.Context, made bool) (semanage.Record, error) {
	if kind == semanage.Interfaces {
		if made {
			if err := CheckInterfaceName(name); err != nil {
				return nil, err
			}
		}
		return semanage.Interface{Name: name, Context: c}, nil
	}
	n, err := ParseNode(name, mask, proto)
	if err == nil && made && MatchesNothing(n) {
		err = fmt.Errorf("%s has bits outside of the mask %s: no address matches it", n.Addr, n.Mask)
	}
	n.Context = c
	return n, err
}

// ParseNetwork reads an address or a network.
func ParseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%q is neither an address nor a network", text)
	}
	return p, nil
}

// A ContextFilter chooses records of nodes or interfaces. Its zero value takes all.
type ContextFilter struct {
	Local    bool
	Type     string
	Proto    string         // ipv4 or ipv6
	Names    []string       // of interfaces
	Networks []netip.Prefix // of nodes: see [Concerns]
}

// Contexts lists the records of a policy's nodes or interfaces that a filter takes.
func (s *Source) Contexts(kind semanage.Kind, f ContextFilter) (list []semanage.Record) {
	all := InterfacesOf
	if kind == semanage.Nodes {
		all = NodesOf
	}
	for _, r := range all(s.Policy) {
		if (!f.Local || s.IsLocal(r.Key())) && (f.Type == "" || semanage.ContextOf(r).Type == f.Type) && f.names(r) {
			list = append(list, r)
		}
	}
	return list
}

// names reports whether a filter takes a record by its name.
func (f *ContextFilter) names(r semanage.Record) bool {
	n, ok := r.(semanage.Node)
	if !ok {
		return len(f.Names) == 0 || slices.Contains(f.Names, r.Key().String())
	}
	if f.Proto != "" && (f.Proto == "ipv4") != n.Addr.Is4() {
		return false
	}
	return len(f.Networks) == 0 || slices.ContainsFunc(f.Networks, func(p netip.Prefix) bool { return Concerns(n, p) })
}
