package change

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/sysprogram"
	"github.com/senet-selinux/senet/semanage"
)

// A Semodule is the [Modules] that the host's own semodule(8) builds.
type Semodule struct {
	// Store is the store; [Semodule.Args] needs none.
	Store *semanage.Store
	// Root, Name and NoReload are the options that the store was opened with.
	Root, Name string
	NoReload   bool
	// Path is the program; "" searches the directories of the system and, if the process is not
	// root's, first those of PATH.
	Path string
	// Working, if not nil, is called before the program runs, which takes some seconds, and the
	// function that it returns after.
	Working func() (done func())
}

// findSemodule returns the path of semodule: in the system's directories and, unless the process is
// root's, first in those of PATH: root should run nothing else. The error wraps ErrNoSemodule.
func findSemodule() (string, error) {
	if path := sysprogram.Find("semodule", nil); path != "" {
		return path, nil
	}
	return "", ErrNoSemodule
}

// Args returns the arguments of semodule that select the store, followed by args.
func (m *Semodule) Args(args ...string) []string {
	var list []string
	if m.NoReload || m.Root != "" {
		list = append(list, "-N")
	}
	if m.Root != "" {
		list = append(list, "-p", m.Root)
	}
	if m.Root != "" || m.Name != "" {
		list = append(list, "-s", m.storeName())
	}
	return append(list, args...)
}

func (m *Semodule) storeName() string {
	switch {
	case m.Store != nil:
		return m.Store.Name()
	case m.Name != "":
		return m.Name
	}
	return policyfile.Type(m.Root)
}

// Has looks in the store's directory of modules.
func (m *Semodule) Has(_ context.Context, name string) (bool, error) { return hasModule(m.Store, name) }

// Install runs semodule -i.
func (m *Semodule) Install(ctx context.Context, held *Lock, name, cil string) error {
	dir, err := os.MkdirTemp("", "senet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, name+".cil") // the name of the file becomes the module's name
	if err := os.WriteFile(file, []byte(cil), 0o600); err != nil {
		return err
	}
	return m.run(ctx, held, "install", name, "-i", file)
}

// Remove runs semodule -r.
func (m *Semodule) Remove(ctx context.Context, held *Lock, name string) error {
	return m.run(ctx, held, "remove", name, "-r", name)
}

// maxOutput is the number of bytes kept from the end of semodule's output.
const maxOutput = 2000

// run runs semodule. The program inherits the lock, so that no other process changes the store
// while it runs, and dies with this process, so that it does not continue alone.
func (m *Semodule) run(ctx context.Context, held *Lock, op, name string, args ...string) error {
	path := m.Path
	if path == "" {
		var err error
		if path, err = findSemodule(); err != nil {
			return err
		}
	}
	if err := m.Store.Plain(); err != nil {
		return err
	}
	if m.Working != nil {
		defer m.Working()()
	}
	cmd := exec.CommandContext(ctx, path, m.Args(args...)...)
	cmd.Env = sysprogram.Environ()
	if held != nil {
		cmd.ExtraFiles = []*os.File{held.File()}
	}
	dieWithParent(cmd)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// The kernel kills the child when the thread that started it ends, not only when
	// the process does: prctl(2), PR_SET_PDEATHSIG.
	runtime.LockOSThread()
	err := cmd.Run()
	runtime.UnlockOSThread()
	if err == nil {
		return nil
	}
	text := bytes.TrimSpace(out.Bytes())
	return &ModuleError{Op: op, Name: name, Output: string(text[max(0, len(text)-maxOutput):]), Err: err}
}
