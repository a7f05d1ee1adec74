package check

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// An Object is a file or a UNIX socket that a configuration names, with its label and the answer whether
// the process may use it.
type Object struct {
	daemonconf.Pos
	Path, Directive string
	// Who is the process: the service's, or that of a program that it starts.
	Who subject.Subject
	// Use is the purpose of a file, Op what a program does with a UNIX socket; one of them is "".
	Use daemonconf.Use
	Op  daemonconf.Operation
	// Want is the label that file_contexts has for the path, From its line; Have is the label on the
	// system. "" if they are not known.
	Want, From string
	Have       string
	// Missing says that the system has no such file: the process makes it.
	Missing bool
	// Verdict is Depends if the label of the file, or of a directory above it, is not known.
	Verdict network.Verdict
	// Denied is the first check that the policy refuses, if Verdict is Denied.
	Denied *ObjectCheck
}

// An ObjectCheck is a check of the kernel on a file, or on a directory above it.
type ObjectCheck struct {
	Path, Class string
	Target      policy.Context
	access.PermCheck
}

// Query returns the question about the refused check, for the domain of a service.
func (d *ObjectCheck) Query(p *policy.Policy, domain policy.Context) senet.AccessQuery {
	q := senet.AccessQuery{Source: p.FormatContext(domain), Target: d.Path, Class: d.Class, Perms: []string{d.Name}}
	if usual, ok := subject.FromType(p, policy.TypeID(domain.Type)); ok && p.FormatContext(usual) == q.Source {
		q.Source = p.TypeName(policy.TypeID(domain.Type))
	}
	switch {
	case strings.HasSuffix(d.Class, "_socket"):
		q.Target = "self"
	case d.Name == "create":
		q.Target = p.FormatContext(d.Target) // there is no such file yet
	}
	return q
}

// Wrong reports whether the system's label has another type than file_contexts has for the path.
func (o *Object) Wrong() bool {
	return o.Have != "" && o.Want != "" && typeOf(o.Have) != typeOf(o.Want)
}

// maxObjects bounds the files and sockets of one service that are asked about.
const maxObjects = 10_000

// objects answers for the files and the sockets of a result.
func (c *Checker) objects(s *Service, r *daemonconf.Result) {
	known := s.Unknown == nil && r.Program != "systemd" // process 1 labels the sockets that it makes itself
	for _, f := range r.Files {
		if len(s.Objects) < maxObjects {
			o := Object{Pos: f.Pos, Path: f.Path, Directive: f.Directive, Use: f.Use,
				Who: c.whose(s, f.Worker)}
			s.Objects = append(s.Objects, c.object(o, known))
		}
	}
	for _, x := range r.Sockets {
		if len(s.Objects) < maxObjects {
			o := Object{Pos: x.Pos, Path: x.Path, Directive: x.Directive, Op: x.Op,
				Who: c.whose(s, x.Worker)}
			s.Objects = append(s.Objects, c.object(o, known))
		}
	}
}

// whose returns the process that uses a file: the service's own, or the one that it starts for that.
func (c *Checker) whose(s *Service, w daemonconf.Worker) subject.Subject {
	if w.File == "" || s.Unknown != nil {
		return s.Subject
	}
	return c.worker(s, w)
}

// object finds the labels of a file and asks about it. Without a known process it only finds the labels.
func (c *Checker) object(o Object, known bool) Object {
	o = c.asked(o, known)
	if o.Denied != nil { // whatever else is not known
		o.Verdict = network.Denied
	}
	return o
}

func (c *Checker) asked(o Object, known bool) Object {
	o.Verdict = network.Depends
	if !path.IsAbs(o.Path) || strings.ContainsAny(o.Path, "$%") || strings.HasPrefix(o.Path, "/dev/") ||
		strings.HasPrefix(o.Path, "/proc/") {
		return o
	}
	x := objectAsker{c: c, who: o.Who.Context, o: &o}
	class := "file"
	switch {
	case o.Op != "":
		class = "sock_file"
	case o.Use == daemonconf.Data:
		class = "dir"
	}
	name := path.Clean(o.Path)
	if real, err := c.root.Resolve(name); err == nil && !c.foreign() {
		name = real
	}
	switch info, err := c.root.Stat(name); {
	case c.foreign(): // the files are another system's
	case err == nil && info.IsDir() && class == "file":
		class = "dir"
	case errors.Is(err, fs.ErrNotExist):
		o.Missing = true
	}
	target, labelled := x.label(name, class)
	o.Want, o.From, o.Have = x.want, x.from, x.have
	if !known {
		return o
	}
	x.socket(name)
	dir := path.Dir(name)
	parent, ok := x.parents(dir)
	if !ok {
		return o
	}
	switch creates := o.Use == daemonconf.Log || o.Use == daemonconf.PID; {
	case o.Op == daemonconf.Listen || o.Op == daemonconf.Bind || creates && o.Missing && class == "file":
		made, err := c.d.NewObject(x.who, parent, class, path.Base(name))
		if err != nil {
			return o
		}
		x.ask(dir, "dir", parent, "write", "add_name")
		x.ask(name, class, made, "create")
	case !labelled || o.Missing && (o.Op == "" || o.Op == daemonconf.Send):
		return o
	case o.Op != "":
		x.ask(name, class, target, "write")
	case class == "dir" && o.Use == daemonconf.Data:
		x.ask(name, class, target, "search")
	case class == "dir":
		x.ask(name, class, target, "search", "read")
	case creates:
		x.ask(name, class, target, "open", "append")
	default:
		x.ask(name, class, target, "open", "read")
	}
	o.Verdict = network.Allowed
	return o
}

// An objectAsker asks about one object.
type objectAsker struct {
	c   *Checker
	who policy.Context
	o   *Object
	// The labels that were found last: see Object.
	want, from, have string
}

// label finds the label of a file: its own, else that of file_contexts.
func (x *objectAsker) label(name, class string) (policy.Context, bool) {
	x.want, x.from, x.have = "", "", ""
	if x.c.foreign() {
		return policy.Context{}, false
	}
	kinds := map[string]byte{"file": '-', "dir": 'd', "sock_file": 's'}
	if table, err := x.c.system.FileContexts(); err == nil {
		m, err := table.Lookup(name, kinds[class])
		if err == nil && len(m.Unsupported) == 0 && m.Context != fcontext.None {
			x.want, x.from = m.Context, fmt.Sprintf("%s:%d", m.File, m.Line)
		}
	}
	x.have, _ = x.c.root.Label(name)
	for _, text := range []string{x.have, x.want} {
		if text == "" {
			continue
		}
		if c, err := x.c.Policy().ParseContext(text); err == nil {
			return c, true
		}
	}
	return policy.Context{}, false
}

// socket asks whether a process may make a UNIX socket and use it, whatever its path is.
func (x *objectAsker) socket(name string) {
	perms := []string{"create", "bind", "listen"}
	class := "unix_stream_socket"
	switch x.o.Op {
	case daemonconf.Listen:
	case daemonconf.Bind:
		class, perms = "unix_dgram_socket", perms[:2]
	case daemonconf.Connect:
		perms = []string{"create", "connect"}
	default:
		return // what is sent to a log may be lost
	}
	x.ask(name, class, x.c.d.SocketContext(x.who, class), perms...)
}

// parents asks whether a process may look for names in a directory and in those above it, and returns the
// label of the directory. ok is false if a label is not known.
func (x *objectAsker) parents(dir string) (label policy.Context, ok bool) {
	for at := dir; ; at = path.Dir(at) {
		c, known := x.label(at, "dir")
		if !known {
			return label, false
		}
		if at == dir {
			label = c
		}
		x.ask(at, "dir", c, "search")
		if at == "/" {
			return label, true
		}
	}
}

// ask makes checks, and keeps the first that is refused.
func (x *objectAsker) ask(name, class string, target policy.Context, perms ...string) {
	if x.o.Denied != nil || x.c.Policy().IsPermissive(policy.TypeID(x.who.Type)) {
		return
	}
	check := x.c.d.Check(x.who, target, class, perms...)
	for _, p := range check.Perms {
		if !p.Allowed {
			x.o.Denied = &ObjectCheck{name, class, target, p}
			return
		}
	}
}
