package semanage

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// An IBPKey labels the partition keys Low to High of an InfiniBand subnet.
type IBPKey struct {
	Subnet    [8]byte // the subnet prefix: the upper half of an IPv6 address
	Low, High uint16
	Context   Context
}

// An IBPKeyKey identifies an [IBPKey].
type IBPKeyKey struct {
	Subnet    [8]byte
	Low, High uint16
}

// ParseSubnet reads a subnet prefix, an IPv6 address whose lower half does not
// matter.
func ParseSubnet(s string) ([8]byte, error) {
	a, err := parseAddr(s, "ipv6")
	if err != nil {
		return [8]byte{}, err
	}
	b := a.As16()
	return [8]byte(b[:8]), nil
}

func subnetText(s [8]byte) string {
	var b [16]byte
	copy(b[:], s[:])
	return addrText(netip.AddrFrom16(b))
}

// parsePKeys reads a partition key or a range of them, decimal, or hexadecimal
// after 0x.
func parsePKeys(s string) (low, high uint16, err error) {
	first, last, ranged := strings.Cut(s, "-")
	if !ranged {
		last = first
	}
	if low, err = parseNumber(first, 0); err == nil {
		high, err = parseNumber(last, 0)
	}
	if err == nil && low > high {
		err = fmt.Errorf("%w: the range is backwards", ErrRange)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("pkey %q: %w", s, err)
	}
	return low, high, nil
}

// Kind returns [IBPKeys].
func (IBPKeyKey) Kind() Kind { return IBPKeys }

func (k IBPKeyKey) String() string { return subnetText(k.Subnet) + " " + portRange(k.Low, k.High, "-") }

func (k IBPKeyKey) inPolicy(p *policyNames) (Record, bool) {
	for i := range p.db.OContexts.IBPKeys {
		c := &p.db.OContexts.IBPKeys[i]
		if c.SubnetPrefix == k.Subnet && c.Low == uint32(k.Low) && c.High == uint32(k.High) {
			return IBPKey{k.Subnet, k.Low, k.High, p.contextText(c.Context)}, true
		}
	}
	return nil, false
}

// Kind returns [IBPKeys].
func (IBPKey) Kind() Kind { return IBPKeys }

// Key returns the [IBPKeyKey].
func (k IBPKey) Key() Key { return IBPKeyKey{k.Subnet, k.Low, k.High} }

// String returns the line of pkeys.local.
func (k IBPKey) String() string {
	return "ibpkeycon " + subnetText(k.Subnet) + " " + portRange(k.Low, k.High, " - ") + " " + k.Context.String()
}

func (k IBPKey) context() Context             { return k.Context }
func (k IBPKey) withContext(c Context) Record { k.Context = c; return k }

func (k IBPKey) check() error {
	if k.Low > k.High {
		return fmt.Errorf("%w: %d-%d is backwards", ErrRange, k.Low, k.High)
	}
	return nil
}

func (k IBPKey) exportLine() string {
	return "-a " + contextArgs(k.Context) + " -x " + subnetText(k.Subnet) + " " + portRange(k.Low, k.High, "-")
}

// subnetOrder is the number libsepol sorts subnets by: the bytes as a
// little-endian machine reads them.
func (k IBPKey) subnetOrder() uint64 { return binary.LittleEndian.Uint64(k.Subnet[:]) }

func (k IBPKey) merge(c policydb.Context) policydb.IBPKeyCon {
	return policydb.IBPKeyCon{SubnetPrefix: k.Subnet, Low: uint32(k.Low), High: uint32(k.High), Context: c}
}

// parseIBPKey mirrors ibpkey_parse.
func parseIBPKey(s *scanner) (Record, error) {
	if err := s.keyword("ibpkeycon"); err != nil {
		return nil, err
	}
	word, err := s.word(' ')
	if err != nil {
		return nil, err
	}
	var k IBPKey
	if k.Subnet, err = ParseSubnet(word); err != nil {
		return nil, s.failWith(err)
	}
	k.Low, k.High, k.Context, err = s.rangeAndContext()
	return k, err
}

// An IBEndPort labels a port of an InfiniBand device.
type IBEndPort struct {
	Device  string // at most 63 bytes
	Port    uint8  // at least 1
	Context Context
}

// An IBEndPortKey identifies an [IBEndPort].
type IBEndPortKey struct {
	Device string
	Port   uint8
}

// Kind returns [IBEndPorts].
func (IBEndPortKey) Kind() Kind { return IBEndPorts }

func (k IBEndPortKey) String() string { return k.Device + " " + strconv.Itoa(int(k.Port)) }

func (k IBEndPortKey) inPolicy(p *policyNames) (Record, bool) {
	for i := range p.db.OContexts.IBEndPorts {
		c := &p.db.OContexts.IBEndPorts[i]
		if c.Device == k.Device && c.Port == uint32(k.Port) {
			return IBEndPort{k.Device, k.Port, p.contextText(c.Context)}, true
		}
	}
	return nil, false
}

// Kind returns [IBEndPorts].
func (IBEndPort) Kind() Kind { return IBEndPorts }

// Key returns the [IBEndPortKey].
func (e IBEndPort) Key() Key { return IBEndPortKey{e.Device, e.Port} }

// String returns the line of ibendports.local.
func (e IBEndPort) String() string {
	return "ibendportcon " + e.Device + " " + strconv.Itoa(int(e.Port)) + " " + e.Context.String()
}

func (e IBEndPort) context() Context             { return e.Context }
func (e IBEndPort) withContext(c Context) Record { e.Context = c; return e }

func (e IBEndPort) check() error {
	if e.Port == 0 {
		return fmt.Errorf("%w: port 0 of an InfiniBand device", ErrRange)
	}
	return checkWord(e.Device, "InfiniBand device", 63)
}

func (e IBEndPort) exportLine() string {
	return "-a " + contextArgs(e.Context) + " -z " + e.Device + " " + strconv.Itoa(int(e.Port))
}

func (e IBEndPort) merge(c policydb.Context) policydb.IBEndPortCon {
	return policydb.IBEndPortCon{Device: e.Device, Port: uint32(e.Port), Context: c}
}

// parseIBEndPort mirrors ibendport_parse.
func parseIBEndPort(s *scanner) (Record, error) {
	if err := s.keyword("ibendportcon"); err != nil {
		return nil, err
	}
	device, err := s.word(' ')
	if err != nil {
		return nil, err
	}
	if len(device) > 63 {
		return nil, s.failWith(fmt.Errorf("%w: device name longer than 63 bytes", ErrRange))
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	port, err := s.number(' ', 255)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		return nil, s.failWith(fmt.Errorf("%w: port 0 of an InfiniBand device", ErrRange))
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	e := IBEndPort{Device: device, Port: uint8(port)}
	e.Context, err = s.context()
	return e, err
}
