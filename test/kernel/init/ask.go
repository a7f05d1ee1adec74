//go:build linux

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// ask answers the questions of one file of selinuxfs, which takes one question
// each time it is opened. Answers go back as they are: what costs a microsecond
// elsewhere costs many where the machine is emulated.
func ask(a *wire.Ask) (*wire.Asked, error) {
	path, err := syscall.BytePtrFromString(selinuxfs + "/" + a.File)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 1<<14)
	answers := make([]byte, 0, len(a.Questions))
	for rest := a.Questions; rest != ""; {
		question, more, ok := strings.Cut(rest, "\x00")
		if !ok {
			return nil, errors.New("a question without an end")
		}
		rest = more
		n, errno := askOne(path, question, buf)
		if errno != 0 {
			answers = append(answers, '!')
			answers = strconv.AppendInt(answers, int64(errno), 10)
		} else {
			answers = append(answers, strings.TrimRight(string(buf[:n]), "\x00")...)
		}
		answers = append(answers, 0)
	}
	return &wire.Asked{Answers: string(answers)}, nil
}

// try loads a policy and returns the kernel's messages.
func (g *guest) try(t *wire.Try) (*wire.Tried, error) {
	if g.log == 0 {
		fd, err := syscall.Open("/dev/kmsg", syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
		if err != nil {
			return nil, fmt.Errorf("/dev/kmsg: %w", err)
		}
		g.log = fd
	}
	if _, err := g.readLog(); err != nil {
		return nil, err
	}
	var done wire.Tried
	var err error
	if done.Errno, err = writePolicy(t.Policy); err != nil {
		return nil, err
	}
	if done.Log, err = g.readLog(); err != nil {
		return nil, err
	}
	if done.Errno == 0 && len(t.Base) > 0 {
		if done.BaseErrno, err = writePolicy(t.Base); err != nil {
			return nil, err
		}
	}
	// Denials of the machine's own would fill its memory.
	_, err = g.audit.drain()
	return &done, err
}

func writePolicy(image []byte) (errno int, err error) {
	fd, err := syscall.Open(selinuxfs+"/load", syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer func() { _ = syscall.Close(fd) }()
	_, err = syscall.Write(fd, image)
	var e syscall.Errno
	if errors.As(err, &e) {
		return int(e), nil
	}
	return 0, err
}

// readLog returns the lines of the kernel's log since it was called last.
func (g *guest) readLog() ([]string, error) {
	var lines []string
	buf := make([]byte, 1<<13)
	for {
		n, err := syscall.Read(g.log, buf)
		switch {
		case errors.Is(err, syscall.EAGAIN):
			return lines, nil
		case errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.EINTR): // records were lost
			continue
		case err != nil:
			return nil, fmt.Errorf("/dev/kmsg: %w", err)
		}
		// "priority,sequence,time,flags;text", and properties on lines of their own.
		_, text, _ := strings.Cut(string(buf[:n]), ";")
		text, _, _ = strings.Cut(text, "\n")
		lines = append(lines, text)
	}
}
