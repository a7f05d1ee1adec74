package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A File describes the file of a denial.
type File struct {
	// Path is the whole path, "" if the record has none; Name its last part.
	Path, Name string
	// Mode and Label are those of the PATH record, "" without one.
	Mode, Label string
	// Lost says that its label does not tell the purpose of the file: it is the label of files
	// without one, of an unknown label (unlabeled_t), or of places that file_contexts does not have
	// (default_t), or of the device files that have none of their own (device_t). A rule is not the
	// right change then.
	Lost bool
	// Wanted is the label of file_contexts for the path, if the system is known and the label has
	// another type; else "". From is its line.
	Wanted, From string
	// Here is the type that file_contexts gives the path, if the policy lacks the one that the file has, and the domain
	// may use a file labelled Here so; else "".
	Here string
	// Right is the line of file_contexts that gives the path the type that it has, "" if none is known to do so.
	Right string
	// Moved says that the label is that of homes or of what is made in /tmp, and that the file is in a directory of the
	// system: what is moved keeps its label.
	Moved bool
	// Customizable says that its present type is one that administrators set by hand: restorecon
	// needs -F to change it.
	Customizable bool
	// Helps says that the policy would allow the access with the label Wanted.
	Helps bool
}

// In lets the Diagnoser use the files of a system: its file contexts.
func (g *Diagnoser) In(sys *subject.System) *Diagnoser {
	g.system = sys
	return g
}

// Labels lets the Diagnoser know the file contexts that belong to the policy, where no
// system is at hand.
func (g *Diagnoser) Labels(table *fcontext.Table) *Diagnoser {
	g.table = table
	return g
}

// files returns the file contexts of the system, else those of the policy, nil for none.
func (g *Diagnoser) files() *fcontext.Table {
	if g.system == nil {
		return g.table
	}
	table, err := g.system.FileContexts()
	if err != nil {
		return nil
	}
	return table
}

// fileKind returns the letter of file_contexts for a class of files, 0 for other classes.
func fileKind(class string) byte {
	switch class {
	case "file":
		return '-'
	case "dir", "lnk_file", "chr_file", "blk_file", "sock_file":
		return class[0]
	case "fifo_file":
		return 'p'
	}
	return 0
}

// file describes the file of a denial.
func (g *Diagnoser) file(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Hook == HookCapability && (a.Has("dac_override") || a.Has("dac_read_search")) {
		d.File = dacFile(e)
		return
	}
	kind := fileKind(a.TClass)
	if kind == 0 || d.Hook != HookOther {
		return
	}
	f := &File{Path: fullPath(a, e), Name: a.Name}
	if f.Path != "" {
		f.Name = path.Base(f.Path)
	}
	f.Lost = g.lost(d.Target) || (kind == 'c' || kind == 'b') && g.typeName(d.Target) == "device_t"
	if _, inside := placeInRoot(f.Path); inside || isContainer(audit.ContextType(a.SContext)) || a.Dev == "rootfs" {
		f.Path = "" // it is the path in the container or in the initramfs: the host has another file there
	}
	if table := g.files(); table != nil && f.Path != "" {
		f.Customizable = table.Customizable(g.typeName(d.Target))
		g.wanted(d, f, table, kind)
	}
	d.File = f
}

// wanted looks up the label of a path in file_contexts.
func (g *Diagnoser) wanted(d *Diagnosis, f *File, table *fcontext.Table, kind byte) {
	if strings.HasPrefix(f.Path, "/dev/pts/") || // who opens a terminal labels it
		OneLabel(g.typeName(d.Target)) { // the file system keeps no other label
		return
	}
	m, err := table.Lookup(f.Path, kind)
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 {
		return
	}
	c, ok := g.context(m.Context, false)
	if ok && c.Type == d.Target.Type {
		f.Right = fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	if !ok || c.Type == d.Target.Type || g.typeName(c.Context) == "default_t" { // which tells nothing of the file
		return
	}
	f.Wanted, f.From = m.Context, fmt.Sprintf("%s:%d", m.File, m.Line)
	f.Helps = !slices.ContainsFunc(d.Checks, func(pc access.PermCheck) bool {
		check := g.d.Check(d.Source, c.Context, d.Class, pc.Name)
		return !check.Allowed()
	})
}

// lost reports whether a context tells nothing about the file.
func (g *Diagnoser) lost(c policy.Context) bool {
	if sid, ok := g.p.InitialSID(policy.SIDUnlabeled); ok && sid.Type == c.Type {
		return true
	}
	switch g.typeName(c) {
	case "unlabeled_t", "default_t", "file_t":
		return true
	}
	return false
}

// fullPath returns the whole path of a denial's file: from the record, or from the PATH record of
// the same file; "" if there is none.
func fullPath(a *audit.AVC, e *audit.Event) string {
	if a.Path == "/" && (madeByKernel(a.Dev) || a.Dev == "tmpfs" || a.Dev == "devpts" || a.Dev == "mqueue") {
		return "" // the root of that file system before it is mounted, not that of the system
	}
	if InMemory(a.Path) || strings.HasSuffix(a.Path, " (deleted)") {
		return "" // memory without a file, or a file that is gone: nothing there has a label to put right
	}
	if strings.HasPrefix(a.Path, "/") {
		return belowUnitRoot(path.Clean(a.Path))
	}
	for _, p := range e.Paths {
		if p.Inode == 0 || p.Inode != a.Ino {
			continue
		}
		switch {
		case strings.HasPrefix(p.Name, "/"):
			return path.Clean(p.Name)
		case strings.HasPrefix(e.CWD, "/") && p.Name != "":
			return path.Join(e.CWD, p.Name)
		}
	}
	return ""
}

// belowUnitRoot returns the path on the host of what systemd, as it builds the mount namespace of a unit, has below a
// directory of its own (apply_mount_namespace in core/namespace.c). Other paths stay.
func belowUnitRoot(name string) string {
	for _, root := range [...]string{"/run/systemd/unit-root", "/run/systemd/mount-rootfs"} {
		if rest, ok := strings.CutPrefix(name, root); ok && (rest == "" || rest[0] == '/') {
			return path.Join("/", rest)
		}
	}
	return name
}

// cacheInHome notes a cache or settings that a library wants to make in the home that a service has.
func cacheInHome(d *Diagnosis, a *audit.AVC) {
	target := audit.ContextType(a.TContext)
	if d.Verdict == UnknownHere || target != "admin_home_t" && target != "user_home_dir_t" || !changesFile(a) ||
		!inCache("/"+d.File.Name) {
		return
	}
	d.Harmless = true
	d.note(NoteMeaning, fmt.Sprintf("%s is where a library keeps a cache or settings of its user, here in the home "+
		"that the program has (HOME): programs do without, or who owns the home makes it beforehand", d.File.Name))
}

// inCache reports whether a path is among the caches and settings of a user, as the XDG base directories have them.
func inCache(name string) bool {
	return slices.ContainsFunc([]string{"/.cache", "/.config", "/.local"}, func(dir string) bool {
		return strings.Contains(name+"/", dir+"/")
	})
}

// ofNoFile notes that nothing is to be put right where a mode refused root: that of a file of the kernel, or on the way
// to a cache in a home.
func ofNoFile(d *Diagnosis, a *audit.AVC) {
	if d.Hook == HookCapability && d.File != nil {
		d.note(NoteMeaning, RootRefused)
	}
	if d.File == nil || d.Verdict == NowAllowed {
		return
	}
	if d.Hook != HookCapability {
		cacheInHome(d, a)
		return
	}
	switch label := audit.ContextType(d.File.Label); {
	case inCache(d.File.Path):
		d.Harmless = true
		d.note(NoteMeaning, fmt.Sprintf("%s is where a library keeps a cache or settings of its user, here in the "+
			"home that the service has (HOME): programs do without", d.File.Path))
	case label == "sysfs_t", label == "debugfs_t", label == "tracefs_t", label == "proc_t", label == "cgroup_t",
		strings.HasPrefix(label, "sysctl_"), strings.HasPrefix(d.File.Path, "/sys/"):
		d.Harmless = true
		d.note(NoteMeaning, fmt.Sprintf("%s is a file that the kernel makes, and so is its mode: nothing is to be put "+
			"right there; a program that reads all such files does without this one. The kernel asks for dac_override "+
			"first, and to read dac_read_search alone would do", d.File.Path))
	}
}

// dacFile returns the file whose owner or mode made the kernel check a capability: a PATH record
// names it. What is made or removed is an entry of its directory (PARENT), whose mode decides.
func dacFile(e *audit.Event) *File {
	f := &File{}
	best := 0
	for _, p := range e.Paths {
		name := p.Name
		if !strings.HasPrefix(name, "/") && strings.HasPrefix(e.CWD, "/") && name != "" {
			name = path.Join(e.CWD, name)
		}
		rank := 4
		switch {
		case p.Mode == "":
			rank = 1
		case p.Nametype == "CREATE" || p.Nametype == "DELETE":
			rank = 2
		case p.Nametype == "PARENT":
			rank = 3
		}
		if name != "" && rank >= best {
			best = rank
			f.Path, f.Name, f.Mode, f.Label = name, path.Base(name), p.Mode, p.Object
		}
	}
	return f
}
