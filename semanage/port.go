package semanage

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// Protocol is the protocol of a port, as an IP protocol number.
type Protocol uint8

// The protocols that libsepol has ports of.
const (
	TCP  Protocol = 6
	UDP  Protocol = 17
	DCCP Protocol = 33
	SCTP Protocol = 132
)

// ParseProtocol reads "tcp", "udp", "dccp" or "sctp".
func ParseProtocol(s string) (Protocol, error) {
	for _, p := range []Protocol{TCP, UDP, DCCP, SCTP} {
		if p.String() == s {
			return p, nil
		}
	}
	return 0, fmt.Errorf("%w: protocol %q: it has to be one of udp, tcp, dccp or sctp", ErrSyntax, s)
}

// String returns the name in lower case.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case DCCP:
		return "dccp"
	case SCTP:
		return "sctp"
	}
	return "proto" + strconv.Itoa(int(p))
}

// A Port labels the ports Low to High of a protocol.
type Port struct {
	Protocol  Protocol
	Low, High uint16
	Context   Context
}

// A PortKey identifies a [Port]: the exact range, no part of it.
type PortKey struct {
	Protocol  Protocol
	Low, High uint16
}

// Kind returns [Ports].
func (PortKey) Kind() Kind { return Ports }

// Range returns the ports.
func (k PortKey) Range() portset.Range { return portset.Range{Low: k.Low, High: k.High} }

func (k PortKey) String() string { return k.Protocol.String() + "/" + portRange(k.Low, k.High, "-") }

func portRange(low, high uint16, dash string) string {
	if low == high {
		return strconv.Itoa(int(low))
	}
	return strconv.Itoa(int(low)) + dash + strconv.Itoa(int(high))
}

// ParsePorts reads a port or a range of ports: "8080", "8080-8089".
func ParsePorts(s string) (low, high uint16, err error) {
	first, last, ranged := strings.Cut(s, "-")
	if !ranged {
		last = first
	}
	l, err := parseNumber(first, 10)
	if err != nil {
		return 0, 0, fmt.Errorf("port %q: %w", s, err)
	}
	h, err := parseNumber(last, 10)
	if err != nil {
		return 0, 0, fmt.Errorf("port %q: %w", s, err)
	}
	if l > h {
		return 0, 0, fmt.Errorf("port %q: %w: the range is backwards", s, ErrRange)
	}
	return l, h, nil
}

// parseNumber reads a 16-bit number.
func parseNumber(s string, base int) (uint16, error) {
	s = strings.TrimSpace(s)
	if base == 0 && len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		return 0, fmt.Errorf("%w: not a number: %q", ErrSyntax, s) // Python has no such octal numbers
	}
	n, err := strconv.ParseUint(s, base, 64)
	switch {
	case err == nil && n <= 65535:
		return uint16(n), nil
	case err == nil || errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%w: above 65535", ErrRange)
	}
	return 0, fmt.Errorf("%w: not a number: %q", ErrSyntax, s)
}

// Kind returns [Ports].
func (Port) Kind() Kind { return Ports }

// Key returns the [PortKey].
func (p Port) Key() Key { return PortKey{p.Protocol, p.Low, p.High} }

// Range returns the ports.
func (p Port) Range() portset.Range { return portset.Range{Low: p.Low, High: p.High} }

// String returns the line of ports.local.
func (p Port) String() string {
	return "portcon " + p.Protocol.String() + " " + portRange(p.Low, p.High, " - ") + " " + p.Context.String()
}

func (p Port) context() Context { return p.Context }

func (p Port) withContext(c Context) Record { p.Context = c; return p }

func (p Port) check() error {
	if _, err := ParseProtocol(p.Protocol.String()); err != nil {
		return err
	}
	if p.Low > p.High {
		return fmt.Errorf("%w: %d-%d is backwards", ErrRange, p.Low, p.High)
	}
	return nil
}

func (p Port) exportLine() string {
	return "-a " + contextArgs(p.Context) + " -p " + p.Protocol.String() + " " + portRange(p.Low, p.High, "-")
}

// parsePort mirrors port_parse.
func parsePort(s *scanner) (Record, error) {
	if err := s.keyword("portcon"); err != nil {
		return nil, err
	}
	word, err := s.word(' ')
	if err != nil {
		return nil, err
	}
	var p Port
	if p.Protocol, err = ParseProtocol(strings.ToLower(word)); err != nil {
		return nil, s.failWith(err)
	}
	p.Low, p.High, p.Context, err = s.rangeAndContext()
	return p, err
}

// rangeAndContext reads what ends the line of a port and that of a partition key: white
// space, a range of 16-bit numbers and a context.
func (s *scanner) rangeAndContext() (low, high uint16, c Context, err error) {
	if err = s.space(); err != nil {
		return 0, 0, Context{}, err
	}
	first, last, err := s.numbers(65535)
	if err != nil {
		return 0, 0, Context{}, err
	}
	c, err = s.context()
	return uint16(first), uint16(last), c, err
}

func (k PortKey) inPolicy(p *policyNames) (Record, bool) {
	for i := range p.db.OContexts.Ports {
		c := &p.db.OContexts.Ports[i]
		if c.Protocol == uint32(k.Protocol) && c.Low == uint32(k.Low) && c.High == uint32(k.High) {
			return Port{k.Protocol, k.Low, k.High, p.contextText(c.Context)}, true
		}
	}
	return nil, false
}

// merge puts the record at the head of the policy's ports (sepol_port_modify).
func (p Port) merge(c policydb.Context) policydb.PortCon {
	return policydb.PortCon{Protocol: uint32(p.Protocol), Low: uint32(p.Low), High: uint32(p.High), Context: c}
}
