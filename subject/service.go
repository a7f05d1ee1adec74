package subject

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/systemd"
	"github.com/senet-selinux/senet/policy"
)

// Service finds the context of a service's process: that of its main program or, if this is a
// wrapper such as a shell, of the last of the programs that are executed one after the other.
func (sys System) Service(d *access.Decider, name string, then ...string) (Subject, error) {
	files, err := systemd.Load(sys.Root, name)
	if err != nil {
		return Subject{}, fmt.Errorf("unit:%s: %w", name, err)
	}
	f := finder{System: sys, d: d, p: d.Policy(), s: Subject{Name: "unit:" + name}}
	u, err := unitOf(files)
	if err != nil {
		return f.s, fmt.Errorf("unit:%s: %w", name, err)
	}
	if err := f.start(&u, "unit:"+name); err != nil {
		return f.s, err
	}
	for _, file := range then {
		if file, err = f.program(file); err != nil {
			return f.s, err
		}
		label, err := f.fileLabel(file)
		if err != nil {
			return f.s, err
		}
		f.step("exec", "", "which executes %s", file)
		if err := f.exec(f.s.Context, label, file, u.NoNewPrivileges); err != nil {
			return f.s, err
		}
	}
	return f.s, nil
}

// Started finds the context of a service whose program's file has a type, for systems without the
// file. It assumes that the file has the type.
func (sys System) Started(d *access.Decider, typ string) (Subject, error) {
	f := finder{System: sys, d: d, p: d.Policy(), s: Subject{Name: typ, Assumed: true}}
	id, ok := f.p.Type(typ)
	if !ok {
		return f.s, fmt.Errorf("%w: %s", ErrUnknown, typ)
	}
	init, err := f.initContext()
	if err != nil {
		return f.s, err
	}
	label := init
	if object, ok := f.p.Role("object_r"); ok {
		label.Role = uint32(object)
	}
	label.Type = uint32(id)
	f.step("assumed", "", "the program is labelled %s", typ)
	return f.s, f.exec(init, label, typ, false)
}

// Child finds the context of a program that a process executes: by the file of the program or, if the system does not
// have it or file is "", by typ, the type that policies give such a file.
func (sys System) Child(d *access.Decider, parent Subject, file, typ string) (Subject, error) {
	f := finder{System: sys, d: d, p: d.Policy(), s: parent}
	f.s.Steps = slices.Clip(parent.Steps)
	if file != "" {
		f.step("exec", "", "which executes %s", file)
		label, err := f.fileLabel(file)
		if err == nil {
			return f.s, f.exec(parent.Context, label, file, false)
		}
		f.s.Steps = slices.Clip(parent.Steps)
		if typ == "" {
			return f.s, err
		}
	}
	id, ok := f.p.Type(typ)
	if !ok {
		return f.s, fmt.Errorf("%w: %s", ErrUnknown, typ)
	}
	label := parent.Context
	if object, ok := f.p.Role("object_r"); ok {
		label.Role = uint32(object)
	}
	label.Type = uint32(id)
	f.step("assumed", "", "the program that it executes is labelled %s", typ)
	f.s.Assumed = true
	return f.s, f.exec(parent.Context, label, typ, false)
}

// Manager finds the context of the system's first process, which opens the sockets of
// socket units and starts services.
func (sys System) Manager(d *access.Decider) (policy.Context, error) {
	f := finder{System: sys, d: d, p: d.Policy()}
	return f.initContext()
}
