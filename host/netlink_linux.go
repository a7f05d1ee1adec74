package host

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"
	"time"
)

const (
	maxReply    = 16 << 20 // bytes of all messages of one answer
	replyBuffer = 64 << 10
)

// askNetlink sends one request in the calling thread's network namespace and
// returns the messages of the answer. An error of the kernel is an Errno.
func askNetlink(req netlinkRequest) ([]netlinkMessage, error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, req.protocol)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	defer func() { _ = syscall.Close(fd) }()
	wait := syscall.NsecToTimeval(int64(2 * time.Second))
	if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &wait); err != nil {
		return nil, os.NewSyscallError("setsockopt", err)
	}
	flags := uint16(syscall.NLM_F_REQUEST)
	if req.dump {
		flags |= syscall.NLM_F_DUMP
	} else {
		flags |= syscall.NLM_F_ACK
	}
	order := binary.NativeEndian
	b := order.AppendUint32(nil, uint32(nlmsgHeader+len(req.payload)))
	b = order.AppendUint16(b, req.typ)
	b = order.AppendUint16(b, flags)
	b = order.AppendUint32(b, 1) // sequence number: one request on this socket
	b = order.AppendUint32(b, 0)
	b = append(b, req.payload...)
	if err := syscall.Sendto(fd, b, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return nil, os.NewSyscallError("sendto", err)
	}
	var list []netlinkMessage
	for total := 0; total < maxReply; {
		buf := make([]byte, replyBuffer)
		n, _, err := syscall.Recvfrom(fd, buf, 0)
		if err != nil {
			return nil, os.NewSyscallError("recvfrom", err)
		}
		total += n
		messages, err := parseMessages(buf[:n], order)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			switch m.Type {
			case nlmsgDone:
				return list, nil
			case nlmsgError:
				if len(m.Payload) < 4 {
					return nil, errShort
				}
				if code := int32(order.Uint32(m.Payload)); code != 0 {
					return nil, syscall.Errno(-code)
				}
				return list, nil // the acknowledgement
			}
			list = append(list, m)
		}
	}
	return nil, fmt.Errorf("netlink answer is larger than %d bytes", maxReply)
}
