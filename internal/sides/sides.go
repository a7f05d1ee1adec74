// Package sides opens the two policies of a comparison: files, systems, stores, saved machines, and
// a policy as it would be with a module installed.
package sides

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
)

// The names of sides that are not files.
const (
	Running   = "running"
	Installed = "installed"
)

var (
	// ErrName says that a side has no name.
	ErrName = errors.New("a policy without a name")
	// ErrNoSystem is wrapped if modules are to be installed, but the side is not a system.
	ErrNoSystem = errors.New("no system with a store of modules")
)

// A Request says how to open a side.
type Request struct {
	// Options are those of the session, except for the policy and the root.
	Options senet.Options
	// Policy is the policy of a side that is a saved machine, "" for the system's policy.
	Policy string
	// With are files of modules, NAME.cil, NAME.pp or NAME.te, to install first, in memory.
	With []string
}

// A Side is one of two policies.
type Side struct {
	*senet.Session
	// Saved says that the side is a saved machine.
	Saved bool
	// root is the directory of the policy's system, if there is one.
	root   string
	system bool
}

// Open opens a side: the file of a policy, the directory of a system or of a store, a file that
// senet host --save wrote, or one of Running, Installed and [senet.Example].
func Open(ctx context.Context, name string, r Request) (*Side, error) {
	s, o := &Side{}, r.Options
	var err error
	switch info, statErr := os.Stat(name); {
	case name == "":
		return nil, ErrName
	case name == Running:
		s.system = true
		err = s.open(policyfile.Named(policyfile.Running), true, o)
	case name == Installed:
		s.system = true
		var file policyfile.File
		if file, err = policyfile.Installed(""); err == nil {
			err = s.open(file, false, o)
		}
	case name == senet.Example || statErr != nil:
		o.Policy = name
		s.Session, err = senet.Open(ctx, o)
	case info.IsDir() && exists(filepath.Join(name, storePolicy)):
		o.Policy = filepath.Join(name, storePolicy)
		s.Session, err = senet.Open(ctx, o)
	case info.IsDir():
		s.root, s.system, o.Root = name, true, name
		s.Session, err = senet.Open(ctx, o)
	default:
		err = s.file(ctx, name, r)
	}
	if err == nil && len(r.With) > 0 {
		err = s.install(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// storePolicy is the name of the policy in a store's directory.
const storePolicy = "active/policy.kern"

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// open opens a policy of this system, with the facts of this machine.
func (s *Side) open(file policyfile.File, running bool, o senet.Options) error {
	db, err := file.Open()
	if err != nil {
		return err
	}
	from := senet.Source{Name: file.Path(), Running: running, Installed: true}
	s.Session, err = senet.OpenPolicy(policy.New(db), from, o)
	return err
}

// file opens a policy file, or a saved machine with the system's policy.
func (s *Side) file(ctx context.Context, name string, r Request) (err error) {
	o := r.Options
	o.Policy = name
	if isJSON(name) {
		facts, err := host.Load(name)
		if err != nil {
			return err
		}
		s.Saved, o.Host, o.Policy, s.system = true, &facts, r.Policy, r.Policy == ""
	}
	s.Session, err = senet.Open(ctx, o)
	return err
}

// isJSON reports whether a file begins with a JSON object. No policy does.
func isJSON(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(f, head)
	return bytes.HasPrefix(bytes.TrimLeft(head[:n], " \t\r\n"), []byte("{"))
}

// FileContexts returns how the side labels files, nil if it is not a system or has no
// file_contexts.
func (s *Side) FileContexts() (*fcontext.Table, error) {
	if !s.system {
		return nil, nil
	}
	root, err := host.OpenRoot(s.root)
	if err != nil {
		return nil, err
	}
	table, err := fcontext.Load(root, policyfile.Type(s.root))
	if errors.Is(err, fcontext.ErrNone) {
		return nil, nil
	}
	return table, err
}

// Modules compiles the modules of the side's store, to tell where its rules come from. The error
// wraps [provenance.ErrNoSources] if there are none.
func (s *Side) Modules() (*provenance.Finder, error) {
	if !s.system {
		return nil, fmt.Errorf("%s: %w", s.Source().Name, provenance.ErrNoSources)
	}
	return provenance.Store(s.root, "")
}

// Finders compiles the modules of both sides' stores (stores), and those in a directory for the
// second side, if from is not "". A side without modules has no finder. The error wraps
// [provenance.ErrNoSources] if both lack them.
func Finders(before, after *Side, stores bool, from string) (finders [2]*provenance.Finder, err error) {
	var missing error
	for i, s := range []*Side{before, after} {
		switch {
		case i == 1 && from != "":
			finders[i], err = provenance.Dir(from, s.Policy().MLS())
		case stores:
			finders[i], err = s.Modules()
		default:
			continue
		}
		if errors.Is(err, provenance.ErrNoSources) {
			missing = err
		} else if err != nil {
			return finders, err
		}
	}
	if finders[0] != nil || finders[1] != nil {
		missing = nil
	}
	return finders, missing
}

// Compare returns the changes from one side to the other. It uses the machine of the first side, or
// each its own if both are saved machines, and treats machines as enforcing.
func Compare(ctx context.Context, before, after *Side) (*policydiff.Report, error) {
	m, err := before.Machine(ctx)
	if err != nil {
		return nil, err
	}
	facts := m.Host
	facts.Enforcing = true
	var other *host.Facts
	if after.Saved {
		m, err := after.Machine(ctx)
		if err != nil {
			return nil, err
		}
		other = &m.Host
		other.Enforcing = true
	}
	r, err := policydiff.New(before.Policy(), after.Policy()).ReportOn(ctx, facts, other)
	if err != nil {
		return nil, err
	}
	was, err := before.FileContexts()
	if err != nil {
		return nil, err
	}
	is, err := after.FileContexts()
	if err == nil && was != nil && is != nil {
		r.Files = policydiff.FileLabels(was, is)
		r.Identical = r.Identical && r.Files == nil
	}
	return r, err
}

// linked uses a policy that was built in memory.
func (s *Side) linked(db *policydb.Policy, name string, o senet.Options) (err error) {
	o.Root = s.root
	s.Session, err = senet.OpenPolicy(policy.New(db), senet.Source{Name: name, Installed: true}, o)
	return err
}
