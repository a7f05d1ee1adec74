package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// mountOf returns the mount of the text that a complaint's path is in, where it is one of a container, and the path on
// the host; nil for a path of the host. What an engine complains of, and a path that is one of the host by another
// mount, is of the host where no line says that it is in a container.
func (g *Diagnoser) mountOf(e *audit.Event, name string) (*audit.Mount, string) {
	m, host := g.prose.MountOf(name)
	if m == nil {
		return g.ofEngine(e, name)
	}
	switch {
	case m == nil || e.Symptom.Path == "":
		return nil, ""
	case e.Container != nil:
		return m, host
	case startsContainers(e.Symptom.Program):
		return nil, ""
	case slices.ContainsFunc(g.prose.Mounts, func(o audit.Mount) bool {
		return o.Host != o.Container && (o.Host == name || strings.HasPrefix(name, o.Host+"/"))
	}):
		return nil, ""
	}
	return m, host
}

// ofEngine returns the mount whose directory of the host an engine names in its own message, as it is not to be reached
// for the container: Error: error stat'ing file '/opt/data': OCI runtime permission denied error.
func (g *Diagnoser) ofEngine(e *audit.Event, name string) (*audit.Mount, string) {
	s := e.Symptom
	if s.Path == "" || s.Program != "" && !startsContainers(s.Program) || !strings.Contains(s.Text, "OCI runtime") {
		return nil, ""
	}
	for i := range g.prose.Mounts {
		if m := &g.prose.Mounts[i]; m.Host == name || strings.HasPrefix(name, m.Host+"/") {
			return m, name
		}
	}
	return nil, ""
}

// startsContainers reports whether a program is an engine or one that starts containers for it.
func startsContainers(program string) bool {
	return runtime(&audit.AVC{Comm: program}, &audit.Event{}) != "" || slices.Contains([]string{"docker",
		"docker-compose", "podman-compose", "nerdctl"}, program)
}

// hostLabel notes the label that file_contexts has for a file of the host, if containers may not read it. It says
// nothing for a path that is none of the whole system.
func (g *Diagnoser) hostLabel(in *Inside) (note Note, ok bool) {
	id, known := g.p.Type(in.Domain)
	if !known || !strings.HasPrefix(in.Host, "/") {
		return note, false
	}
	name, class, perm, verb := in.Host, "file", "read", "read"
	if in.Binds {
		name, class, perm, verb = path.Dir(in.Host), "dir", "add_name", "make files in"
	}
	l, found := g.labelAt(g.files(), name, 'd', false)
	c, isDomain := subject.FromType(g.p, id)
	if !found || !isDomain {
		return note, false
	}
	if check := g.d.Check(c, l.context, class, perm); check.Allowed() {
		return note, false
	}
	by := "by a listing in the text"
	if l.from != "" {
		by = "by file_contexts"
	}
	return Note{NoteVolume, fmt.Sprintf("%s %s is %s, which %s may not %s", by, name,
		g.p.TypeName(policy.TypeID(l.context.Type)), in.Domain, verb)}, true
}
