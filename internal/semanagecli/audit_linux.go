package semanagecli

import (
	"encoding/binary"
	"errors"
	"log/syslog"
	"syscall"
	"time"
)

// auditSystem writes to the kernel's audit system or, if that fails, to syslog.
func auditSystem(kind uint16, message string, success bool) {
	if sendAudit(kind, auditText(kind, message, success)) == nil {
		return
	}
	// Without syslog there is no other place to write to.
	w, err := syslog.New(syslog.LOG_INFO|syslog.LOG_USER, "semanage")
	if err != nil {
		return
	}
	defer func() { _ = w.Close() }()
	prefix := "Failed:  "
	if success {
		prefix = "Successful:  "
	}
	_ = w.Info(prefix + message)
}

// sendAudit sends one message and waits for its acknowledgement.
func sendAudit(kind uint16, text string) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_AUDIT)
	if err != nil {
		return err
	}
	defer func() { _ = syscall.Close(fd) }()
	timeout := syscall.NsecToTimeval(int64(time.Second))
	if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &timeout); err != nil {
		return err
	}
	if err := syscall.Sendto(fd, auditMessage(kind, text), 0,
		&syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return err
	}
	reply := make([]byte, 8192)
	n, _, err := syscall.Recvfrom(fd, reply, 0)
	if err != nil {
		return err
	}
	messages, err := syscall.ParseNetlinkMessage(reply[:n])
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Header.Type == syscall.NLMSG_ERROR && len(m.Data) >= 4 {
			if errno := -int32(binary.NativeEndian.Uint32(m.Data)); errno != 0 {
				return syscall.Errno(errno)
			}
			return nil
		}
	}
	return errors.New("no acknowledgement")
}

// auditMessage is a netlink message: the header, the text and a NUL, aligned.
func auditMessage(kind uint16, text string) []byte {
	size := (syscall.SizeofNlMsghdr + len(text) + 1 + 3) &^ 3
	b := make([]byte, size)
	binary.NativeEndian.PutUint32(b, uint32(size))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], syscall.NLM_F_REQUEST|syscall.NLM_F_ACK)
	binary.NativeEndian.PutUint32(b[8:], 1)
	copy(b[syscall.SizeofNlMsghdr:], text)
	return b
}
