package audit

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// A Sockaddr is a SOCKADDR record: the address that a process passed to bind,
// connect, sendto and the like.
type Sockaddr struct {
	// Family is inet, inet6, unix, netlink, vsock, packet, unspec ..., or the
	// number of the family if it has no name here.
	Family string
	// Addr is the address of inet and inet6. A scope id of IPv6 is its zone.
	Addr netip.Addr
	// Port is the port of inet, inet6 and vsock.
	Port uint32
	// Path is the path of a unix socket, without the NUL byte if Abstract is set.
	Path     string
	Abstract bool
	// PID and Groups are the port id and the multicast groups of netlink.
	PID    uint32
	Groups uint32
	// CID is the context id of vsock.
	CID uint32
	// Raw has the bytes, in hexadecimal digits, if the family is not decoded or the address is too short for its
	// family.
	Raw string
}

// familyNames are the names of address families by number:
// include/linux/socket.h.
const familyNames = "unspec unix inet ax25 ipx appletalk netrom bridge atmpvc x25 inet6 rose decnet netbeui " +
	"security key netlink packet ash econet atmsvc rds sna irda pppox wanpipe llc ib mpls can tipc bluetooth iucv " +
	"rxrpc isdn phonet ieee802154 caif alg nfc vsock kcm qipcrtr smc xdp mctp"

// parseSockaddr reads the message of a SOCKADDR record; nil if it has no
// address.
func parseSockaddr(text string, st style) *Sockaddr {
	f := fieldScanner{s: text, style: st}
	var found *Sockaddr
	for p, more := f.next(); more; p, more = f.next() {
		switch {
		case p.key == "saddr" && !strings.HasPrefix(p.val, "{"):
			if b, err := hex.DecodeString(p.val); err == nil && len(b) > 0 {
				return decodeSockaddr(b)
			}
			if s := olderInterpretedSockaddr(p.val); s != nil {
				return s
			}
		case (p.key == "saddr" || p.key == "SADDR") && found == nil:
			found = interpretedSockaddr(p.val)
		}
	}
	return found
}

// decodeSockaddr decodes the bytes of a struct sockaddr. The family is in the byte order of the machine, which the
// record does not tell. But no family number uses both bytes.
func decodeSockaddr(b []byte) *Sockaddr {
	s := &Sockaddr{}
	if len(b) < 2 {
		s.Raw = hex.EncodeToString(b)
		return s
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if b[0] == 0 && b[1] != 0 {
		order = binary.BigEndian
	}
	family := order.Uint16(b)
	s.Family = wordAt(familyNames, int(family))
	if s.Family == "" {
		s.Family = strconv.Itoa(int(family))
	}
	rest := b[2:]
	switch {
	case s.Family == "unspec":
	case s.Family == "inet" && len(rest) >= 6:
		s.Port = uint32(binary.BigEndian.Uint16(rest))
		s.Addr = netip.AddrFrom4([4]byte(rest[2:6]))
	case s.Family == "inet6" && len(rest) >= 22:
		s.Port = uint32(binary.BigEndian.Uint16(rest))
		s.Addr = netip.AddrFrom16([16]byte(rest[6:22]))
		if len(rest) >= 26 {
			if scope := order.Uint32(rest[22:]); scope != 0 {
				s.Addr = s.Addr.WithZone(strconv.FormatUint(uint64(scope), 10))
			}
		}
	case s.Family == "unix" && len(rest) > 0:
		if rest[0] == 0 {
			// All bytes belong to an abstract name. The record has as many bytes as the process passed, often the
			// whole struct filled with zeros.
			s.Abstract = true
			s.Path = strings.TrimRight(string(rest[1:]), "\x00")
			break
		}
		s.Path, _, _ = strings.Cut(string(rest), "\x00")
	case s.Family == "netlink" && len(rest) >= 10:
		s.PID, s.Groups = order.Uint32(rest[2:]), order.Uint32(rest[6:])
	case s.Family == "vsock" && len(rest) >= 10:
		s.Port, s.CID = order.Uint32(rest[2:]), order.Uint32(rest[6:])
	default:
		s.Raw = hex.EncodeToString(b)
	}
	return s
}

// interpretedSockaddr reads what ausearch -i and the ENRICHED format write:
// { saddr_fam=inet laddr=10.0.0.7 lport=5601 }.
func interpretedSockaddr(text string) *Sockaddr {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	s := &Sockaddr{}
	f := fieldScanner{s: text, style: interpreted}
	for p, more := f.next(); more; p, more = f.next() {
		switch p.key {
		case "saddr_fam", "fam":
			s.Family = familyAlias(p.val)
		case "laddr":
			s.Addr, _ = address(p.val)
		case "lport", "port":
			n, _ := strconv.ParseUint(p.val, 10, 32)
			s.Port = uint32(n)
		case "path":
			s.Path, s.Abstract = strings.CutPrefix(p.val, "@")
		case "nlnk-pid":
			n, _ := strconv.ParseUint(p.val, 10, 32)
			s.PID = uint32(n)
		case "cid":
			n, _ := strconv.ParseUint(p.val, 10, 32)
			s.CID = uint32(n)
		}
	}
	if s.Family == "" {
		return nil
	}
	return s
}

// olderInterpretedSockaddr reads what ausearch -i of audit 2 writes:
// inet host:10.0.0.7 serv:5601, local /run/x.
func olderInterpretedSockaddr(text string) *Sockaddr {
	words := strings.Fields(text)
	if len(words) < 2 || indexOfWord(familyNames, familyAlias(words[0])) < 0 {
		return nil
	}
	s := &Sockaddr{Family: familyAlias(words[0])}
	for _, w := range words[1:] {
		if host, ok := strings.CutPrefix(w, "host:"); ok {
			s.Addr, _ = address(host)
		} else if serv, ok := strings.CutPrefix(w, "serv:"); ok {
			n, _ := strconv.ParseUint(serv, 10, 16)
			s.Port = uint32(n)
		} else if s.Family == "unix" && s.Path == "" {
			_, s.Path, _ = strings.Cut(text, " ") // to the end, including blanks
		}
	}
	return s
}

// familyAlias translates the names that libauparse has for some families.
func familyAlias(name string) string {
	switch name {
	case "local":
		return "unix"
	case "vm":
		return "vsock"
	}
	return name
}
