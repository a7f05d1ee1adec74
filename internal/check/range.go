package check

import (
	"iter"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// choose finds the port that decides for a range: the first refused one, else the first one with an
// unknown verdict, else the first one.
func (c *Checker) choose(item *Item) error {
	if item.Low == item.High {
		return nil
	}
	judge, err := network.NewJudge(c.d, item.Question)
	if err != nil {
		return err
	}
	worst := network.Allowed
	for port, label := range c.pieces(item) {
		switch v := judge.Port(port, label); {
		case v == network.Denied:
			item.Question.Port = port
			return nil
		case v == network.Depends && worst == network.Allowed:
			worst, item.Question.Port = v, port
		}
	}
	return nil
}

// pieces cuts the range of an endpoint where the label of ports changes, or what else of a port a check may look at,
// and yields the first port of each piece and its label. A configuration may have thousands of ranges of all ports.
func (c *Checker) pieces(item *Item) iter.Seq2[uint16, policy.Context] {
	local := c.machine.Host.LocalPorts
	cuts := append([]int{1, int(c.machine.Host.UnprivilegedPortStart), int(local.Low), int(local.High) + 1},
		c.machine.PortCuts()...)
	return func(yield func(uint16, policy.Context) bool) {
		for _, s := range c.labels(network.Protocol(item.Protocol)) {
			end := min(int(s.High), int(item.High))
			for low := max(int(s.Low), int(item.Low)); low <= end; {
				if !yield(uint16(low), s.Label.Context) {
					return
				}
				next := end + 1
				for _, cut := range cuts {
					if low < cut && cut < next {
						next = cut
					}
				}
				low = next
			}
		}
	}
}

// labels returns the labels of the ports of a protocol.
func (c *Checker) labels(protocol network.Protocol) []policy.PortSegment {
	kind, _ := network.SocketOf(protocol)
	list, ok := c.segments[kind.PortProtocol]
	if !ok {
		if c.segments == nil {
			c.segments = map[uint8][]policy.PortSegment{}
		}
		list = c.Policy().PortSegments(kind.PortProtocol)
		c.segments[kind.PortProtocol] = list
	}
	return list
}
