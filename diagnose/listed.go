package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A ListedFile is a file of a listing in a log, with the label that it should have.
type ListedFile struct {
	audit.Listed
	// Type is the type of its label, Wanted the one of file_contexts, as the policy names them.
	Type, Wanted string
	// From is the line of file_contexts, "" where a program in the log looked it up (restorecon).
	From string
	// Lost says that Type tells nothing about the file.
	Lost bool
	// Customizable says that Type is one that administrators set by hand: restorecon needs -F to change it.
	Customizable bool
	// Starter is the domain of systemd if it may not execute the file with its label, and may with the wanted one.
	Starter string
}

// Right reports whether the file has the label of file_contexts.
func (f *ListedFile) Right() bool { return f.Type == f.Wanted }

// Listed compares the label of a listed file with file_contexts. It returns false if the path is not whole, if
// file_contexts has no label that tells something of the file, if the policy does not have the type, or if the file is
// in a volume of containers. Nor does it compare a label that tells something with one of a place: the host of the
// listing may have an entry of its own for the file.
func (g *Diagnoser) Listed(l *audit.Listed) (f ListedFile, ok bool) {
	if l.Path == "" || l.Context == "" || madeByFileSystem(l.Path) {
		return f, false
	}
	f = ListedFile{Listed: *l}
	present, ok := g.context(l.Context, false)
	if !ok {
		return f, false
	}
	wanted, ok := g.listedWanted(&f)
	if name := g.typeName(present.Context); !ok || OneLabel(name) || isVolume(name) && !l.Kept {
		return f, false // what :z or :Z gave a volume is meant so, unless restorecon was to change it
	}
	f.Type, f.Wanted = g.typeName(present.Context), g.typeName(wanted)
	if l.Changed {
		f.Type = f.Wanted // restorecon gave it
		return f, true
	}
	f.Lost = g.lost(present.Context)
	if f.From != "" && !l.Kept && !f.Right() && ofAnyPlace(f.Wanted) && !ofAnyPlace(f.Type) {
		return f, false
	}
	if table := g.files(); table != nil {
		f.Customizable = table.Customizable(f.Type)
	}
	init, ok := subject.FromType(g.p, g.init)
	if !ok || l.Kind != 0 && l.Kind != '-' || f.Right() {
		return f, true
	}
	before, after := g.d.Check(init, present.Context, "file", "execute"), g.d.Check(init, wanted, "file", "execute")
	if !before.Allowed() && after.Allowed() {
		f.Starter = g.typeName(init)
	}
	return f, true
}

// ofAnyPlace reports whether a type is the label of a place of services, of homes, or of /tmp.
func ofAnyPlace(typ string) bool { return slices.Contains(places(), typ) || ofPlace(typ) }

// listedWanted returns the label that a listed file should have, as the log has it, else by file_contexts. default_t
// and <<none>> are no labels to give. Where the kind of file is not known, a file and a directory must not have two
// labels.
func (g *Diagnoser) listedWanted(f *ListedFile) (c policy.Context, ok bool) {
	if f.Listed.Wanted != "" {
		found, ok := g.context(f.Listed.Wanted, false)
		return found.Context, ok && !g.lost(found.Context)
	}
	table := g.files()
	if table == nil {
		return c, false
	}
	kinds := []byte{f.Kind}
	if f.Kind == 0 {
		kinds = []byte{'-', 'd'}
	}
	for _, kind := range kinds {
		m, err := table.Lookup(f.Path, kind)
		if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 {
			continue
		}
		found, known := g.context(m.Context, false)
		switch {
		case !known, g.lost(found.Context):
			continue
		case ok && found.Type != c.Type:
			return c, false
		}
		c, ok, f.From = found.Context, true, fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	return c, ok
}

// madeByFileSystem reports whether a path is one whose label no file_contexts gives: the kernel's file systems, and
// terminals, which who opens them labels.
func madeByFileSystem(name string) bool {
	for _, dir := range [...]string{"/proc/", "/sys/", "/dev/pts/", "/dev/shm/"} {
		if strings.HasPrefix(name+"/", dir) {
			return true
		}
	}
	return false
}
