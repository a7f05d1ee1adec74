package host

import (
	"encoding/binary"
	"errors"
	"iter"
)

// A byteOrder is the byte order of a machine.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// A netlinkMessage is one message of a reply.
type netlinkMessage struct {
	Type    uint16
	Flags   uint16
	Payload []byte
}

const (
	nlmsgHeader = 16
	nlmsgError  = 2 // NLMSG_ERROR
	nlmsgDone   = 3 // NLMSG_DONE
	nlaType     = 0x3fff
)

var errShort = errors.New("netlink message is truncated")

// parseMessages splits the bytes of one read from a netlink socket. Netlink is in the byte
// order of the machine.
func parseMessages(b []byte, order byteOrder) ([]netlinkMessage, error) {
	var list []netlinkMessage
	for len(b) >= nlmsgHeader {
		size := order.Uint32(b)
		if size < nlmsgHeader || int64(size) > int64(len(b)) {
			return list, errShort
		}
		list = append(list, netlinkMessage{order.Uint16(b[4:]), order.Uint16(b[6:]), b[nlmsgHeader:size]})
		b = b[min(len(b), int(size+3)&^3):]
	}
	if len(b) > 0 {
		return list, errShort
	}
	return list, nil
}

// attributes yields the attributes in b, type and contents, and stops at a truncated one.
func attributes(b []byte, order byteOrder) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= 4 {
			size := int(order.Uint16(b))
			if size < 4 || size > len(b) {
				return
			}
			if !yield(order.Uint16(b[2:])&nlaType, b[4:size]) {
				return
			}
			b = b[min(len(b), (size+3)&^3):]
		}
	}
}

// attribute returns the content of the first attribute of a type.
func attribute(b []byte, order byteOrder, typ uint16) ([]byte, bool) {
	for t, content := range attributes(b, order) {
		if t == typ {
			return content, true
		}
	}
	return nil, false
}

func attributeU32(b []byte, order byteOrder, typ uint16) (uint32, bool) {
	content, ok := attribute(b, order, typ)
	if !ok || len(content) < 4 {
		return 0, false
	}
	return order.Uint32(content), true
}

func attributeString(b []byte, order byteOrder, typ uint16) string {
	content, _ := attribute(b, order, typ)
	return trimLabel(content)
}

// A netlinkRequest is one question to the kernel.
type netlinkRequest struct {
	protocol int // NETLINK_GENERIC, NETLINK_XFRM, NETLINK_NETFILTER
	typ      uint16
	dump     bool
	payload  []byte
}

// appendAttribute adds an attribute with its padding.
func appendAttribute(b []byte, order byteOrder, typ uint16, content []byte) []byte {
	b = order.AppendUint16(b, uint16(4+len(content)))
	b = order.AppendUint16(b, typ)
	b = append(b, content...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
