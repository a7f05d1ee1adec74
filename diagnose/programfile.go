package diagnose

import (
	"cmp"
	"fmt"

	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// programDirs are the usual directories of service programs.
var programDirs = [...]string{"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/", "/sbin/", "/bin/"}

// byFileContexts finds the domain of a program whose file does not exist, by the label that
// file_contexts gives its usual path. It ignores a label that file_contexts gives every name in
// that directory.
func (g *Diagnoser) byFileContexts(program string) (subject.Subject, bool) {
	table := g.files()
	init, okInit := subject.FromType(g.p, g.init)
	if table == nil || !okInit {
		return subject.Subject{}, false
	}
	for _, dir := range programDirs {
		m, err := table.Lookup(dir+program, '-')
		if err != nil || len(m.Unsupported) > 0 {
			continue
		}
		if any, err := table.Lookup(dir+"\x01", '-'); err == nil && any.Context == m.Context {
			continue
		}
		file, ok := g.context(m.Context, false)
		if !ok {
			continue
		}
		c, err := g.d.NewObject(init, file.Context, "process", "")
		if err != nil || policy.TypeID(c.Type) == g.init {
			continue
		}
		return g.labelledProgram(m, m.Path, c), true
	}
	return subject.Subject{}, false
}

// elsewhereInstalled finds the domain of a program outside of the usual directories: by its file or, if that does not
// exist, by the entries of file_contexts for a file of that name.
func (g *Diagnoser) elsewhereInstalled(program string, sys *subject.System) (subject.Subject, bool) {
	table := g.files()
	init, ok := subject.FromType(g.p, g.init)
	if table == nil || !ok {
		return subject.Subject{}, false
	}
	m, c, ok := subject.Elsewhere(g.d, table, init, program)
	if !ok {
		return subject.Subject{}, false
	}
	if m.Path != "" && sys != nil {
		if s, err := sys.Find(g.d, "exe:"+m.Path); err == nil {
			s.Name = g.typeName(s.Context)
			return s, true
		}
	}
	return g.labelledProgram(m, cmp.Or(m.Path, m.Pattern), c), true
}

// labelledProgram returns the context of a program that is assumed to have the label of file_contexts.
func (g *Diagnoser) labelledProgram(m fcontext.Match, path string, c policy.Context) subject.Subject {
	step := subject.Step{Code: "file_contexts", From: fmt.Sprintf("%s:%d", m.File, m.Line),
		Text: fmt.Sprintf("%s is to be labelled %s", path, m.Context)}
	return subject.Subject{Name: g.typeName(c), Context: c, Assumed: true, Steps: []subject.Step{step}}
}
