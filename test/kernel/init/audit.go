//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// An audit receives the kernel's audit records, in place of auditd.
type audit struct {
	fd   int
	seq  uint32
	mark int
	buf  []byte
	rule []byte // as it was added
}

// From include/uapi/linux/audit.h.
const (
	auditSet     = 1001
	auditUser    = 1005
	auditAddRule = 1011
	auditSyscall = 1300
	auditAddress = 1306
	auditEOE     = 1320
	auditTitle   = 1327
	auditAVC     = 1400

	statusEnabled = 1
	statusPID     = 4

	filterExit   = 4
	actionAlways = 2
	fieldPPID    = 18
	opEqual      = 0x40000000

	bitmaskSize = 64
	maxFields   = 64

	soRcvBufForce = 33
)

// A record is one audit record.
type record struct {
	kind uint16
	text string // behind the colon of "audit(TIME:SERIAL): "
	// serial is the same for all records of one system call, and higher for each
	// later one.
	serial uint64
	stamp  string // "audit(TIME:SERIAL"
}

func openAudit() (*audit, error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_AUDIT)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	a := &audit{fd: fd, buf: make([]byte, 1<<16)}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, soRcvBufForce, 256<<20); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	// struct audit_status: mask, enabled, failure, pid, ...
	status := make([]byte, 44)
	put := binary.LittleEndian.PutUint32
	put(status, statusEnabled|statusPID)
	put(status[4:], 1)
	put(status[12:], uint32(os.Getpid()))
	if err := a.send(auditSet, status); err != nil {
		return nil, fmt.Errorf("becoming the audit daemon: %w", err)
	}
	// Each system call of a child of this process leaves a record of its own, by which the others
	// are told apart.
	all := make([]int, 0, 32*(bitmaskSize-1))
	for number := range cap(all) {
		all = append(all, number)
	}
	rule := auditRule(all, auditField{fieldPPID, uint32(os.Getpid())})
	if err := a.send(auditAddRule, rule); err != nil {
		return nil, fmt.Errorf("adding an audit rule: %w", err)
	}
	a.rule = rule
	return a, nil
}

// An auditField is a field that must have a value.
type auditField struct{ name, value uint32 }

// auditRule returns a struct audit_rule_data: each of the system calls leaves a record, if the fields
// are so.
func auditRule(calls []int, fields ...auditField) []byte {
	put := binary.LittleEndian.PutUint32
	rule := make([]byte, 4*(3+bitmaskSize+3*maxFields+1))
	put(rule, filterExit)
	put(rule[4:], actionAlways)
	put(rule[8:], uint32(len(fields)))
	for _, number := range calls {
		rule[12+number/8] |= 1 << (number % 8)
	}
	for i, f := range fields {
		at := 12 + 4*(bitmaskSize+i)
		put(rule[at:], f.name)
		put(rule[at+4*maxFields:], f.value)
		put(rule[at+8*maxFields:], opEqual)
	}
	return rule
}

// send sends a message and waits until the kernel has taken it.
func (a *audit) send(kind uint16, payload []byte) error {
	if err := a.post(kind, payload, syscall.NLM_F_REQUEST|syscall.NLM_F_ACK); err != nil {
		return err
	}
	for {
		n, _, err := syscall.Recvfrom(a.fd, a.buf, 0)
		if err != nil {
			return err
		}
		// Audit records come in between; they count their lengths otherwise.
		if n < syscall.NLMSG_HDRLEN+4 || binary.LittleEndian.Uint16(a.buf[4:]) != syscall.NLMSG_ERROR ||
			binary.LittleEndian.Uint32(a.buf[8:]) != a.seq {
			continue
		}
		if code := int32(binary.LittleEndian.Uint32(a.buf[syscall.NLMSG_HDRLEN:])); code != 0 {
			return syscall.Errno(-code)
		}
		return nil
	}
}

func (a *audit) post(kind uint16, payload []byte, flags uint16) error {
	a.seq++
	b := make([]byte, syscall.NLMSG_HDRLEN+len(payload))
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	binary.LittleEndian.PutUint16(b[4:], kind)
	binary.LittleEndian.PutUint16(b[6:], flags)
	binary.LittleEndian.PutUint32(b[8:], a.seq)
	copy(b[syscall.NLMSG_HDRLEN:], payload)
	return syscall.Sendto(a.fd, b, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK})
}

// drain returns all records that the kernel has made so far: it makes one itself
// and reads until that arrives, as records keep their order.
func (a *audit) drain() ([]record, error) {
	a.mark++
	mark := "senet-mark-" + strconv.Itoa(a.mark)
	if err := a.post(auditUser, append([]byte(mark), 0), syscall.NLM_F_REQUEST); err != nil {
		return nil, err
	}
	var list []record
	for {
		n, _, err := syscall.Recvfrom(a.fd, a.buf, 0)
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		if n < syscall.NLMSG_HDRLEN {
			continue
		}
		// The kernel does not count the header in the lengths of these messages.
		kind := binary.LittleEndian.Uint16(a.buf[4:])
		text := strings.TrimRight(string(a.buf[syscall.NLMSG_HDRLEN:n]), "\x00")
		switch {
		case kind == auditUser && strings.Contains(text, "'"+mark+"'"):
			return list, nil
		case kind < auditUser, kind == auditEOE, kind == auditTitle:
			continue
		}
		r, err := parseRecord(kind, text)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
}

func parseRecord(kind uint16, text string) (record, error) {
	stamp, rest, ok := strings.Cut(text, "): ")
	_, serial, ok2 := strings.Cut(stamp, ":")
	if !ok || !ok2 {
		return record{}, fmt.Errorf("audit record %d: %q", kind, text)
	}
	n, err := strconv.ParseUint(serial, 10, 64)
	return record{kind, rest, n, stamp}, err
}

// attribute gives each call the records that were made while it ran, and returns
// those that belong to none.
func attribute(pid int, calls []wire.Call, results []wire.Result, records []record) (late []string, err error) {
	owner := make(map[uint64]int)
	next := 0
	for _, r := range records {
		if r.kind != auditSyscall || field(r.text, "pid") != strconv.Itoa(pid) {
			continue
		}
		number, err := strconv.Atoi(field(r.text, "syscall"))
		if err != nil {
			return nil, fmt.Errorf("audit record %q: %w", r.text, err)
		}
		if number == syscall.SYS_FUTEX || number == syscall.SYS_CLONE {
			continue // not of the scenario
		}
		if next == len(calls) || number != calls[next].Number {
			return nil, fmt.Errorf("call %d of the process is system call %d by its audit record", next, number)
		}
		owner[r.serial] = next
		next++
	}
	for i := range results {
		if results[i].Made != (i < next) {
			return nil, errors.New("a call has no audit record")
		}
	}
	for _, r := range records {
		if r.kind == auditSyscall {
			continue
		}
		text := strconv.Itoa(int(r.kind)) + " " + r.text
		if i, ok := owner[r.serial]; ok {
			results[i].Audit = append(results[i].Audit, text)
		} else {
			late = append(late, text)
		}
	}
	return late, nil
}

// field returns the value of a field of a record.
func field(text, name string) string {
	for word := range strings.FieldsSeq(text) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}
