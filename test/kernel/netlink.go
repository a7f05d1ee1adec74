package kernel

import (
	"encoding/binary"
	"fmt"
	"syscall"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A netlinkMessage is a netlink message under construction.
type netlinkMessage []byte

const (
	flagsAcked = syscall.NLM_F_REQUEST | syscall.NLM_F_ACK
	nested     = 0x8000 // NLA_F_NESTED
)

// newMessage returns a message with its header and what every message of the
// kind begins with behind that.
func newMessage(kind, flags uint16, head ...byte) netlinkMessage {
	m := make(netlinkMessage, syscall.NLMSG_HDRLEN, 256)
	binary.LittleEndian.PutUint16(m[4:], kind)
	binary.LittleEndian.PutUint16(m[6:], flags)
	return append(m, head...)
}

// attr appends an attribute.
func (m netlinkMessage) attr(kind uint16, value []byte) netlinkMessage {
	m = binary.LittleEndian.AppendUint16(m, uint16(4+len(value)))
	m = binary.LittleEndian.AppendUint16(m, kind)
	m = append(m, value...)
	for len(m)%4 != 0 {
		m = append(m, 0)
	}
	return m
}

func (m netlinkMessage) text(kind uint16, value string) netlinkMessage {
	return m.attr(kind, append([]byte(value), 0))
}

func (m netlinkMessage) little(kind uint16, value uint32) netlinkMessage {
	return m.attr(kind, binary.LittleEndian.AppendUint32(nil, value))
}

func (m netlinkMessage) big(kind uint16, value uint32) netlinkMessage {
	return m.attr(kind, binary.BigEndian.AppendUint32(nil, value))
}

// done fills in the length.
func (m netlinkMessage) done() []byte {
	binary.LittleEndian.PutUint32(m, uint32(len(m)))
	return m
}

// exchange appends the calls that send messages to a netlink family and receive
// what comes back, and returns the position of the receiving call.
func (s *script) exchange(family int, messages []byte) int {
	to := make([]byte, 12)
	binary.LittleEndian.PutUint16(to, syscall.AF_NETLINK)
	fd := s.do(syscall.SYS_SOCKET, Int(syscall.AF_NETLINK), Int(syscall.SOCK_RAW), Int(family))
	s.do(syscall.SYS_SENDTO, resultOf(fd), Bytes(messages), Int(len(messages)), Int(0), Bytes(to), Int(len(to)))
	at := s.do(syscall.SYS_RECVFROM, resultOf(fd), Bytes(make([]byte, 8192)), Int(8192), Int(syscall.MSG_DONTWAIT),
		Int(0), Int(0))
	s.do(syscall.SYS_CLOSE, resultOf(fd))
	return at
}

// acknowledged returns the error that a received answer holds.
func acknowledged(r wire.Result) error {
	if !r.Made || r.Ret < syscall.NLMSG_HDRLEN+4 || len(r.Bufs) == 0 {
		return fmt.Errorf("netlink: the receiving call %s", errnoText(r))
	}
	for b := r.Bufs[0][:r.Ret]; len(b) >= syscall.NLMSG_HDRLEN+4; {
		if binary.LittleEndian.Uint16(b[4:]) == syscall.NLMSG_ERROR {
			if code := int32(binary.LittleEndian.Uint32(b[syscall.NLMSG_HDRLEN:])); code != 0 {
				return fmt.Errorf("netlink: %w", syscall.Errno(-code))
			}
		}
		n := int(binary.LittleEndian.Uint32(b)+3) &^ 3
		if n < syscall.NLMSG_HDRLEN || n > len(b) {
			break
		}
		b = b[n:]
	}
	return nil
}

// netlink sends messages as the kernel's own domain, in the first network
// namespace, and returns what came back.
func (vm *VM) netlink(family int, messages []byte) ([]byte, error) {
	var s script
	at := s.exchange(family, messages)
	reply, err := vm.call(wire.Request{Run: &wire.Run{Prepare: s}}, limitOfCall)
	if err != nil {
		return nil, err
	}
	for i, r := range reply.Run.Prepare {
		if !r.Made || r.Ret < 0 {
			return nil, fmt.Errorf("netlink: call %d %s", i, errnoText(r))
		}
	}
	r := reply.Run.Prepare[at]
	if err := acknowledged(r); err != nil {
		return nil, err
	}
	return r.Bufs[0][:r.Ret], nil
}

// genericFamily returns the number of a generic netlink family, which each
// start of the kernel gives anew.
func (vm *VM) genericFamily(name string) (uint16, error) {
	const (
		ctrl, getFamily  = 16, 3 // GENL_ID_CTRL, CTRL_CMD_GETFAMILY
		attrID, attrName = 1, 2
	)
	b, err := vm.netlink(syscall.NETLINK_GENERIC, newMessage(ctrl, syscall.NLM_F_REQUEST, getFamily, 1, 0,
		0).text(attrName, name).done())
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	for b = b[min(len(b), syscall.NLMSG_HDRLEN+4):]; len(b) >= 4; {
		n := int(binary.LittleEndian.Uint16(b))
		if n < 4 || n > len(b) {
			break
		}
		if binary.LittleEndian.Uint16(b[2:]) == attrID && n >= 6 {
			return binary.LittleEndian.Uint16(b[4:]), nil
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return 0, fmt.Errorf("no number of the generic netlink family %s", name)
}
