package incident

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/senet-selinux/senet/internal/sysprogram"
)

// CommandTimeout bounds how long journalctl and dmesg may take.
const CommandTimeout = 30 * time.Second

var (
	errNotInstalled = errors.New("not installed")
	errNothing      = errors.New("has nothing")
)

// programs holds the search path and the environment of the programs to run.
type programs struct {
	path string   // directories as in PATH; "" for PATH itself
	env  []string // nil for the environment of this process
}

// systemPrograms returns the programs that read a log. As root, it ignores the environment, which
// another user may have passed through sudo.
func systemPrograms() programs {
	if os.Geteuid() != 0 {
		return programs{}
	}
	return programs{path: sysprogram.Path, env: []string{"PATH=" + sysprogram.Path, "LC_ALL=C"}}
}

func (p programs) find(name string) (string, error) {
	if p.path == "" {
		return exec.LookPath(name)
	}
	for dir := range strings.SplitSeq(p.path, ":") {
		if path, err := exec.LookPath(dir + "/" + name); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// command starts a program and reads its output; it fails if there is no such program, or if it
// writes nothing.
func (p programs) command(name, program string, args ...string) (*Source, error) {
	path, err := p.find(program)
	if err != nil {
		return nil, errNotInstalled
	}
	ctx, cancel := context.WithTimeout(context.Background(), CommandTimeout)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = p.env
	var complaint limited
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	first := make([]byte, 1)
	if n, _ := io.ReadFull(out, first); n == 0 {
		err := cmd.Wait()
		late := ctx.Err() != nil
		cancel()
		said, _, _ := strings.Cut(strings.TrimSpace(string(complaint)), "\n")
		switch {
		case late:
			return nil, fmt.Errorf("no answer within %s", CommandTimeout)
		case said != "":
			return nil, errors.New(strings.TrimPrefix(said, program+": "))
		case err != nil:
			return nil, err
		}
		return nil, errNothing
	}
	return &Source{
		Name: name, Reader: io.MultiReader(bytes.NewReader(first), out),
		stop: func() {
			cancel()
			_ = cmd.Wait() // ended by us or by itself; its output has been read
		},
		cut: func() bool { return ctx.Err() != nil },
	}, nil
}

// A limited keeps the first kilobyte that is written to it.
type limited []byte

func (l *limited) Write(b []byte) (int, error) {
	*l = append(*l, b[:min(len(b), 1024-len(*l))]...)
	return len(b), nil
}
