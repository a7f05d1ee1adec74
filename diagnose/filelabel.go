package diagnose

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/policy"
)

// A FileMode is a file or directory whose owner and mode refuse what is needed to everybody but its owner, its group
// and who may do without (root).
type FileMode struct {
	Path     string
	Mode     fs.FileMode
	UID, GID int
	// Lacks is the access that the mode denies to other users: r, w or x.
	Lacks string
}

// A label is the label of a path, as far as it is known.
type label struct {
	context policy.Context
	from    string // the line of file_contexts, "" for the file's own label
}

// labelAt returns the label of a path: for a complaint the one that a listing in the log shows; the file's own where
// own is set, which says that the log is of the system at hand; else the one that file_contexts gives; false if there
// is none.
func (g *Diagnoser) labelAt(table *fcontext.Table, name string, kind byte, own bool) (l label, ok bool) {
	if c, ok := g.seenLabel(name, name == g.target && name != ""); ok && g.target != "" {
		return label{context: c}, true
	}
	if own {
		if text, err := g.system.Root.Label(name); err == nil && text != "" {
			if c, err := g.p.ParseContext(text); err == nil {
				return label{context: c}, true
			}
		}
	}
	if table == nil {
		return l, false
	}
	m, err := table.Lookup(name, kind)
	for err == nil && m.Context == fcontext.None && len(m.Unsupported) == 0 && mounted(name) {
		// What is made on a mounted file system gets the label of its directory.
		name = path.Dir(name)
		m, err = table.Lookup(name, 'd')
	}
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 {
		return l, false
	}
	c, ok := g.context(m.Context, false)
	return label{c.Context, fmt.Sprintf("%s:%d", m.File, m.Line)}, ok
}

// mounted reports whether a path is below a directory that file systems are mounted in, for which file_contexts has no
// labels (mnt_t stands for the directory itself).
func mounted(name string) bool {
	return strings.HasPrefix(name, "/mnt/") || strings.HasPrefix(name, "/media/")
}

// own reports whether the files of a complaint are those of the system at hand.
func (g *Diagnoser) own(e *audit.Event) bool {
	return g.system != nil && e.Container == nil && !g.foreign(e.Node)
}

// directories returns the directories of a path, from the root on; of a link also those of what it leads to.
func (g *Diagnoser) directories(name string, own bool) (list []string) {
	list = append(list, "/")
	add := func(name string) {
		for i := 1; i < len(name); i++ {
			if name[i] == '/' {
				list = append(list, name[:i])
			}
		}
	}
	add(name)
	if !own {
		return list
	}
	dir := path.Dir(name)
	if real, err := g.system.Root.Resolve(dir); err == nil && real != dir && strings.HasPrefix(real, "/") {
		add(real + "/")
	}
	return list
}

// kindAt returns the class of what is at a path of the system at hand, "" if it is not known.
func (g *Diagnoser) kindAt(name string) string {
	info, err := g.system.Root.Stat(name)
	if err != nil {
		return ""
	}
	switch m := info.Mode(); {
	case m.IsRegular():
		return "file"
	case m.IsDir():
		return "dir"
	case m&fs.ModeNamedPipe != 0:
		return "fifo_file"
	case m&fs.ModeSocket != 0:
		return "sock_file"
	case m&fs.ModeCharDevice != 0:
		return "chr_file"
	case m&fs.ModeDevice != 0:
		return "blk_file"
	}
	return ""
}

// modeAt adds a file whose mode does not give others what is needed.
func (g *Diagnoser) modeAt(f *FileAsked, name, needs string) {
	info, err := g.system.Root.Stat(name)
	if err != nil {
		return
	}
	for _, need := range needs {
		bit := map[rune]fs.FileMode{'r': 4, 'w': 2, 'x': 1}[need]
		if info.Mode()&bit != 0 {
			continue
		}
		uid, gid, ok := info.Owner()
		if !ok {
			return
		}
		if n := len(f.Modes); n > 0 && f.Modes[n-1].Path == name {
			return // it is named already
		}
		f.Modes = append(f.Modes, FileMode{name, info.Mode(), uid, gid, string(need)})
		return
	}
}
