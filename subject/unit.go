package subject

import (
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/systemd"
)

// ErrNoUnit is wrapped if a system has no unit of that name.
var ErrNoUnit = systemd.ErrNoUnit

// A Unit has the settings of a systemd unit about its main process.
type Unit struct {
	Name string
	// Files are the unit file and its drop-ins, in the order they are read.
	Files []string
	// Exec is the program of the first ExecStart, as written, with specifiers expanded.
	Exec string
	// Context is SELinuxContext, "" if it is not set; with ContextOptional a failure to enter it is
	// ignored.
	Context         string
	ContextOptional bool
	// NoNewPrivileges says that the unit sets it, so that an exec changes the context only if
	// nnp_transition or a bound allows it.
	NoNewPrivileges bool
}

// loadUnit reads a service of a system with its drop-ins. A name without a suffix means a service.
func loadUnit(root host.Root, name string) (Unit, error) {
	if path.Ext(name) == "" {
		name += ".service"
	}
	if !strings.HasSuffix(name, ".service") {
		return Unit{}, fmt.Errorf("%w: %q is not the name of a service", ErrNoUnit, name)
	}
	files, err := systemd.Load(root, name)
	if err != nil {
		return Unit{}, err
	}
	return unitOf(files)
}

// unitOf returns the relevant settings of a service.
func unitOf(files *systemd.Unit) (Unit, error) {
	u := Unit{Name: files.Name, Files: files.Files, NoNewPrivileges: files.True("Service", "NoNewPrivileges")}
	if s, ok := files.Last("Service", "SELinuxContext"); ok {
		text, err := files.Expand(s.Value)
		if err != nil {
			return u, fmt.Errorf("%s: SELinuxContext=%s: %w", u.Name, s.Value, err)
		}
		u.Context, u.ContextOptional = strings.CutPrefix(text, "-")
	}
	env := files.Environment()
	commands, err := files.Commands("ExecStart", &env)
	if err != nil {
		return u, err
	}
	if len(commands) == 0 {
		return u, fmt.Errorf("%s has no ExecStart", u.Name)
	}
	u.Exec = commands[0].Path
	return u, nil
}
