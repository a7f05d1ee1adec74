package cli

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

const nodeLong = `List and change the labels of nodes (addresses and networks) in the policy
store, with the verbs and the flags of semanage node. bind() asks for the label
of the local address on every kernel; other checks of nodes are made where
networking is labelled.

  list [ADDRESS...]    records; of an address, those that contain it, best first
  add, modify, delete  as semanage does; adding what is so, or deleting what
                       is not there, is nothing to do
  set                  make it so, whichever of add and modify that needs
  deleteall, export, import [FILE], --undo   as in senet port

ADDRESS is 10.0.0.0/8, 2001:db8::/32, or an address with --netmask.

Before a change a person is asked; where nobody is, nothing is changed without
--yes.

Exit status: 0 done, nothing to do, or something is listed, 1 nothing to list or
to take back, 2 --dry-run, or nobody said yes: changes are pending, 64 a mistake
in the command, 65 the store cannot be read or changed.`

const nodeExamples = `  senet node set -t node_t 10.0.0.0/8
  senet node -a -M 255.0.0.0 -p ipv4 -t node_t 10.0.0.0
  senet node list --local`

func newNode(streams ioStreams) *cobra.Command {
	f := contextFlags{kind: semanage.Nodes}
	cmd := &cobra.Command{
		Use:       "node [VERB] [ADDRESS...]",
		Long:      nodeLong,
		Example:   nodeExamples,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: verbNames(),
		RunE:      func(cmd *cobra.Command, args []string) error { return f.do(streams, cmd, args) },
	}
	flags := cmd.Flags()
	f.registerContext(flags)
	flags.StringVarP(&f.mask, "netmask", "M", "", "the network `MASK`")
	flags.StringVarP(&f.proto, "proto", "p", "", "ipv4 or ipv6: the `PROTOCOL`")
	return cmd
}

// parseNode reads a node; the protocol need not be said where the address does.
func parseNode(addr, mask, proto string) (semanage.Node, error) {
	if proto == "" {
		if a, err := netip.ParseAddr(addr); err == nil {
			proto = "ipv4"
			if a.Is6() {
				proto = "ipv6"
			}
			if mask == "" {
				mask = words.Sprintf("/%d", a.BitLen())
			}
		}
	}
	if before, bits, ok := strings.Cut(addr, "/"); ok && mask == "" {
		addr, mask = before, "/"+bits
	}
	k, err := semanage.ParseNode(addr, mask, proto)
	if err == nil && (proto == "ipv4") != k.Addr.Is4() && proto != "" {
		err = fmt.Errorf("%s is no %s address", k.Addr, proto)
	}
	return semanage.Node{Addr: k.Addr, Mask: k.Mask}, err
}

// matchesNothing reports whether the address has bits that the mask has not: the
// kernel compares what the mask leaves of an address, so that none is like it.
func matchesNothing(n semanage.Node) bool {
	mask := n.Mask.AsSlice()
	for i, b := range n.Addr.AsSlice() {
		if b&^mask[i] != 0 {
			return true
		}
	}
	return false
}

// listedNodes returns the policy's nodes in the order they are tried.
func listedNodes(p *policy.Policy) []semanage.Record {
	var list []semanage.Record
	for _, c := range p.Nodes() {
		context, _ := semanage.ParseContext(p.FormatContext(c.Context))
		list = append(list, semanage.Node{Addr: netip.AddrFrom4(c.Addr), Mask: netip.AddrFrom4(c.Mask), Context: context})
	}
	for _, c := range p.Nodes6() {
		context, _ := semanage.ParseContext(p.FormatContext(c.Context))
		list = append(list, semanage.Node{Addr: netip.AddrFrom16(c.Addr), Mask: netip.AddrFrom16(c.Mask), Context: context})
	}
	return list
}

// nodeName is the address with the length of its mask, or with the mask where it
// has holes.
func nodeName(n semanage.Node) string {
	length := ones(n.Mask)
	if p, err := n.Mask.Prefix(length); err == nil && p.Addr() == n.Mask {
		return words.Sprintf("%s/%d", n.Addr, length)
	}
	return n.Addr.String() + "/" + n.Mask.String()
}

func ones(a netip.Addr) int {
	n := 0
	for _, b := range a.AsSlice() {
		n += bits.OnesCount8(b)
	}
	return n
}

// nodeOutcome says what a policy labels an address.
func nodeOutcome(p *policy.Policy, a netip.Addr) string {
	return a.String() + " is " + labelName(p, p.NodeLabel(a).Context)
}

// nodeMatches reports whether a node's record applies to what is asked for.
func nodeMatches(n semanage.Node, prefix netip.Prefix) bool {
	if n.Addr.BitLen() != prefix.Addr().BitLen() {
		return false
	}
	a, mask, addr := prefix.Addr().AsSlice(), n.Mask.AsSlice(), n.Addr.AsSlice()
	for i := range a {
		if a[i]&mask[i] != addr[i] {
			return prefix.Contains(n.Addr)
		}
	}
	return true
}
