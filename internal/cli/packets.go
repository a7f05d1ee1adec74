package cli

import (
	"fmt"
	"net/netip"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/shell"
)

// packetFlags set the properties of packets that the facts of a machine do not determine.
type packetFlags struct {
	peer, netif, packet, from string
}

func (f *packetFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.peer, "peer", "", "the process at the other end: `SUBJECT`")
	flags.StringVar(&f.netif, "netif", "", "the interface that packets pass: `NAME`")
	flags.StringVar(&f.packet, "packet", "", "the SECMARK label of packets, a type or a context: `LABEL`")
	flags.StringVar(&f.from, "from", "", "the address of the other end of a server: `ADDRESS`")
}

// repeat returns the flags as a user would type them again.
func (f *packetFlags) repeat() shell.Command {
	var c shell.Command
	for _, flag := range [][2]string{{"--peer", f.peer}, {"--netif", f.netif}, {"--packet", f.packet},
		{"--from", f.from}} {
		if flag[1] != "" {
			c = c.Option(flag[0], flag[1])
		}
	}
	return c
}

// said returns the values of the flags.
func (f *packetFlags) said() (senet.Packets, error) {
	p := senet.Packets{Peer: f.peer, Netif: f.netif, Packet: f.packet}
	if f.from != "" {
		var err error
		if p.From, err = netip.ParseAddr(f.from); err != nil || p.From.Zone() != "" {
			return p, usage(fmt.Errorf("--from %s: not an address of IPv4 or IPv6", f.from), "")
		}
	}
	return p, nil
}
