package daemonconf

import (
	"path"
	"slices"
	"strings"
)

// A Program is a daemon whose configuration can be read.
type Program struct {
	// Name is the name of its project.
	Name string
	// Binaries are the names that its file may have.
	Binaries []string
	// Path is where distributions install it.
	Path string
	// Labels are the types that policies give its file, the most usual first.
	Labels []string
	// Usual is the command line of the distributions, without the name.
	Usual []string
	// Starts are daemons that a binary of the list only starts. Of each, the first file that the
	// system has counts.
	Starts map[string][]string
	// Units are the names of its services, without the suffix.
	Units []string
	// Files are name patterns of its configuration files. Main returns the command line arguments
	// that name such a file.
	Files []string
	Main  func(file string) []string

	read func(*job)
}

// programs returns all known programs, by name.
func programs() []*Program {
	list := []*Program{
		haproxy(), nginx(), sshd(), redis(), unbound(), named(), httpd(), squid(), postgresql(), mariadb(),
		prometheus(), postfix(), dovecot(), phpFPM(), rabbitMQ(), grafana(), kube(),
	}
	return slices.Concat(list, exporters(), containers(), elastic(), zabbix())
}

// Programs returns the names of the programs whose configuration can be read.
func Programs() []string {
	var names []string
	for _, p := range programs() {
		names = append(names, p.Name)
	}
	return names
}

// Find returns the program with a name: the program's own, or that of a binary or a unit; nil if it
// is not known.
func Find(name string) *Program {
	base := path.Base(name)
	for _, p := range programs() {
		if p.Name == base || slices.Contains(p.Binaries, base) || slices.Contains(p.Units, strings.TrimSuffix(base,
			".service")) {
			return p
		}
	}
	return nil
}

// OfBinary returns the program with a binary of that name, nil if it is not known.
func OfBinary(file string) *Program {
	base := path.Base(file)
	for _, p := range programs() {
		if slices.Contains(p.Binaries, base) {
			return p
		}
	}
	return nil
}

// OfFile returns the program that reads a configuration file, by the name of the file; nil if it is
// not known.
func OfFile(file string) *Program {
	for _, p := range programs() {
		if slices.ContainsFunc(p.Files, func(pattern string) bool { return matchEnd(pattern, file) }) {
			return p
		}
	}
	return nil
}

// matchEnd matches a pattern against the last elements of a path.
func matchEnd(pattern, file string) bool {
	elements := strings.Split(strings.Trim(file, "/"), "/")
	n := strings.Count(pattern, "/") + 1
	if len(elements) < n {
		return false
	}
	ok, _ := path.Match(pattern, strings.Join(elements[len(elements)-n:], "/"))
	return ok
}

// Read reads the configuration of a program that is started so.
func (p *Program) Read(tree Tree, start Start) *Result {
	j := &job{tree: tree, start: start, r: Result{Program: p.Name}}
	p.read(j)
	return &j.r
}
