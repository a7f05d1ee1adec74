package subject

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/policy"
)

// sharedDirs are directories for the programs of all packages, and of systemd's own, which no other program has.
var sharedDirs = [...]string{"/usr/libexec", "/usr/lib", "/usr/lib(64)?", "/lib", "/usr/lib/systemd",
	"/usr/lib/systemd/system-generators", "/lib/systemd", "/usr/lib/udev", "/lib/udev"}

// Elsewhere finds a program outside of the usual directories, such as /usr/libexec/NAME and /usr/lib/PACKAGE/NAME, by
// the entries of file_contexts for a file of that name, and the context in which a starter runs it. It finds nothing
// where the entries are of programs that run in several domains, and where the name is a word that any program may
// have (/usr/libexec/tomcat/server).
func Elsewhere(d *access.Decider, table *fcontext.Table, starter policy.Context, name string) (m fcontext.Match,
	c policy.Context, ok bool) {
	if strings.ContainsAny(name, "/ \t") {
		return m, c, false
	}
	p := d.Policy()
	for entry := range table.Programs(name) {
		if entry.Path != "" {
			var err error
			if entry, err = table.Lookup(entry.Path, '-'); err != nil || len(entry.Unsupported) > 0 {
				return m, c, false
			}
		}
		file, err := p.ParseContext(entry.Context)
		if err != nil {
			continue
		}
		next, err := d.NewObject(starter, file, "process", "")
		domain := p.TypeName(policy.TypeID(next.Type))
		switch {
		case err != nil || next.Type == starter.Type:
			continue
		case ok && next.Type != c.Type, IsLeftover(domain), !ownName(entry.Pattern, name, domain):
			return m, c, false
		}
		m, c, ok = entry, next, true
	}
	return m, c, ok
}

// ownName reports whether a name alone says which program it is: it is in a directory that all packages share, it has
// several parts, or it begins as the package or the domain does (polkitd of polkit-1, mkhomedir of oddjob_mkhomedir_t).
func ownName(pattern, name, domain string) bool {
	dir := path.Dir(pattern)
	if slices.Contains(sharedDirs[:], dir) {
		return true
	}
	dir = path.Base(dir)
	const enough = 4
	return strings.ContainsAny(name, "-_.0123456789") || strings.Contains(domain, name) ||
		strings.HasPrefix(name, dir) || common(name, dir) >= enough || common(name, domain) >= enough
}

// common returns how many bytes two texts have in common at their start.
func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// elsewhere finds the context of a program that is outside of the usual directories, installed or not.
func (f *finder) elsewhere(name string) bool {
	table, err := f.FileContexts()
	if err != nil {
		return false
	}
	init, err := f.initContext()
	if err != nil {
		return false
	}
	f.s.Steps = nil
	m, _, ok := Elsewhere(f.d, table, init, name)
	if !ok {
		return false
	}
	if m.Path != "" && f.Root.Exists(m.Path) && f.run(m.Path, false) == nil {
		f.runs(name, "runs")
		return true
	}
	from := m.Pattern
	if m.Path != "" {
		from = m.Path
	}
	f.s.Steps = nil
	f.step("file_contexts", fmt.Sprintf("%s:%d", m.File, m.Line), "%s is to be labelled %s", from, m.Context)
	label, err := f.p.ParseContext(m.Context)
	if err != nil || f.exec(init, label, from, false) != nil {
		return false
	}
	f.s.Assumed = true
	f.runs(name, "would run")
	return true
}
