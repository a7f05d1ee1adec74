//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A syslog stands for rsyslog: it takes messages at /dev/log.
type syslog struct {
	mu      sync.Mutex
	pending []string      // lines that are not in the file yet
	came    chan struct{} // has an element when there are new ones
}

const (
	syslogFile = "/var/log/syslog"
	hostName   = "lb"
)

func openSyslog() (*syslog, error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/dev/log", Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod("/dev/log", 0o666); err != nil {
		return nil, err
	}
	s := &syslog{came: make(chan struct{}, 1)}
	go s.receive(conn)
	return s, nil
}

func (s *syslog) receive(conn *net.UnixConn) {
	buf := make([]byte, 1<<16)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.pending = append(s.pending, syslogLine(string(buf[:n])))
		s.mu.Unlock()
		select {
		case s.came <- struct{}{}:
		default:
		}
	}
}

// syslogLine makes "<134>Nov 22 11:30:01 haproxy[80]: text" the line that
// rsyslog writes by default.
func syslogLine(message string) string {
	if _, rest, ok := strings.Cut(message, ">"); ok {
		message = rest
	}
	message = strings.TrimRight(message, "\n\x00")
	if len(message) < len(time.Stamp)+1 {
		return hostName + " " + message
	}
	return message[:len(time.Stamp)+1] + hostName + message[len(time.Stamp):]
}

// watch waits for a message, and then moves everything that has come into the
// log.
func (g *guest) watch(w *wire.Watch) ([]string, error) {
	s := g.syslog
	limit := time.NewTimer(w.Limit)
	defer limit.Stop()
	for w.For != "" && !s.has(w.For) {
		select {
		case <-s.came:
		case <-limit.C:
			lines, err := g.flush()
			return lines, errors.Join(fmt.Errorf("no line with %q came to syslog in %v: %q", w.For, w.Limit, lines),
				err)
		}
	}
	return g.flush()
}

func (s *syslog) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.pending {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// flush appends to the log: the kernel's records as rsyslog writes them where no
// auditd runs, then the messages, which mostly are about what the kernel did.
func (g *guest) flush() ([]string, error) {
	s := g.syslog
	s.mu.Lock()
	messages := s.pending
	s.pending = nil
	s.mu.Unlock()
	records, err := g.audit.drain()
	if err != nil {
		return nil, err
	}
	var lines []string
	now := time.Now()
	for _, r := range records {
		lines = append(lines, fmt.Sprintf("%s %s kernel: [%12.6f] audit: type=%d %s): %s",
			now.UTC().Format(time.Stamp), hostName, uptime(), r.kind, r.stamp, r.text))
	}
	lines = append(lines, messages...)
	if len(lines) == 0 {
		return nil, nil
	}
	_, err = writer{syslogFile}.Write([]byte(strings.Join(lines, "\n") + "\n"))
	return lines, err
}

func uptime() (seconds float64) {
	text, err := os.ReadFile("/proc/uptime")
	if err == nil {
		_, _ = fmt.Sscan(string(text), &seconds)
	}
	return seconds
}
