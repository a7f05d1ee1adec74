//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

const auditDelRule = 1012

func (g *guest) serveSystem(r *wire.System) (*wire.SystemReply, error) {
	reply := &wire.SystemReply{}
	if r.Quiet {
		if err := g.audit.send(auditDelRule, g.audit.rule); err != nil {
			return reply, fmt.Errorf("deleting the audit rule: %w", err)
		}
		log, err := openSyslog()
		if err != nil {
			return reply, err
		}
		g.syslog = log
	}
	for _, l := range r.Labels {
		if err := label(l); err != nil {
			return reply, err
		}
	}
	if r.Listen != "" {
		if err := listen(r.Listen); err != nil {
			return reply, err
		}
	}
	if r.Enforce != "" {
		if err := g.setEnforcing(r.Enforce == "on"); err != nil {
			return reply, err
		}
	}
	if r.Start != nil {
		if err := start(r.Start); err != nil {
			return reply, err
		}
	}
	if r.Command != nil {
		var err error
		if reply.Command, err = command(r.Command); err != nil {
			return reply, err
		}
	}
	if r.Get != "" {
		reply.Status = get(r.Get)
	}
	if r.Watch != nil {
		var err error
		if reply.Log, err = g.watch(r.Watch); err != nil {
			return reply, err
		}
	}
	return reply, nil
}

// label labels the files that match a pattern.
func label(l wire.Label) error {
	files, err := filepath.Glob(l.Path)
	if err == nil && len(files) == 0 {
		err = os.ErrNotExist
	}
	for _, file := range files {
		if err == nil {
			err = syscall.Setxattr(file, "security.selinux", append([]byte(l.Context), 0), 0)
		}
	}
	if err != nil {
		return fmt.Errorf("labelling %s %s: %w", l.Path, l.Context, err)
	}
	return nil
}

// listen answers every connection to an address as an HTTP server does.
func listen(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answerHTTP(conn)
		}
	}()
	return nil
}

func answerHTTP(conn net.Conn) {
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 4096)); err == nil {
		_, _ = io.WriteString(conn, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
}

// get asks an HTTP server for / and returns the status, 0 for no answer.
func get(address string) (status int) {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return 0
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		return 0
	}
	line, _ := bufio.NewReader(conn).ReadString('\n')
	_, _ = fmt.Sscanf(line, "HTTP/1.%d %d", new(int), &status)
	return status
}
