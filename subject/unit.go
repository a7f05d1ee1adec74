package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/host"
)

// ErrNoUnit is wrapped where a system has no unit of a name.
var ErrNoUnit = errors.New("no such unit")

// A Unit is what the files of a systemd unit say about its main process.
type Unit struct {
	Name string
	// Files are the unit file and its drop-ins, in the order they are read.
	Files []string
	// Exec is the program of the first ExecStart, as written but for specifiers.
	Exec string
	// Context is SELinuxContext, "" where it is not set; with ContextOptional a
	// failure to enter it is ignored.
	Context         string
	ContextOptional bool
	// NoNewPrivileges says that the unit sets it, so that an exec changes the
	// context only where nnp_transition or a bound permits.
	NoNewPrivileges bool
}

const maxUnitFile = 1 << 20

// unitPath is where systemd looks for the units of the system, the first place
// wins (systemd.unit(5), table 1).
func unitPath() []string {
	return []string{
		"/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
		"/run/systemd/generator.early", "/etc/systemd/system", "/etc/systemd/system.attached",
		"/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator",
		"/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
		"/run/systemd/generator.late",
	}
}

// loadUnit reads a service of a system, its drop-ins included. A name without a
// suffix is that of a service.
func loadUnit(root host.Root, name string) (Unit, error) {
	if path.Ext(name) == "" {
		name += ".service"
	}
	if strings.ContainsRune(name, '/') || !strings.HasSuffix(name, ".service") || strings.HasPrefix(name, ".") {
		return Unit{}, fmt.Errorf("%w: %q is not the name of a service", ErrNoUnit, name)
	}
	u := Unit{Name: name}
	names := []string{name}
	if template, ok := templateOf(name); ok {
		names = append(names, template)
	}
	var main []byte
	for _, n := range names {
		file, text, err := findUnit(root, n)
		if err != nil {
			return Unit{}, err
		}
		if file == "" {
			continue
		}
		u.Files, main = []string{file}, text
		// The name behind an alias has drop-ins of its own.
		if real, err := root.Resolve(file); err == nil && !slices.Contains(names, path.Base(real)) {
			names = append(names, path.Base(real))
		}
		break
	}
	if u.Files == nil {
		return Unit{}, fmt.Errorf("%w: %s is in none of the directories of systemd", ErrNoUnit, name)
	}
	s := &unitSettings{}
	s.parse(main)
	dropIns, err := dropIns(root, names)
	if err != nil {
		return Unit{}, err
	}
	for _, file := range dropIns {
		text, err := root.ReadFile(file, maxUnitFile)
		if err != nil {
			return Unit{}, err
		}
		s.parse(text)
		u.Files = append(u.Files, file)
	}
	return u, u.take(s)
}

// templateOf returns the template that a unit is an instance of.
func templateOf(name string) (string, bool) {
	prefix, rest, ok := strings.Cut(name, "@")
	if !ok || rest == ".service" {
		return "", false
	}
	return prefix + "@.service", true
}

// findUnit returns the file of a unit and its text; "" where there is none.
func findUnit(root host.Root, name string) (string, []byte, error) {
	for _, dir := range unitPath() {
		file := dir + "/" + name
		real, err := root.Resolve(file)
		if real == "/dev/null" {
			return "", nil, fmt.Errorf("%w: %s is masked", ErrNoUnit, name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		b, err := root.ReadFile(file, maxUnitFile)
		if err != nil {
			return "", nil, err
		}
		if len(b) == 0 {
			return "", nil, fmt.Errorf("%w: %s is masked", ErrNoUnit, name)
		}
		return file, b, nil
	}
	return "", nil, nil
}

// maxDropIns bounds the files of one directory of drop-ins.
const maxDropIns = 4096

// dropIns returns the drop-ins of a unit known by several names, by their names:
// those of all services, of the prefixes at each dash, of the unit. Among those
// of one name the most specific and then the first place wins.
func dropIns(root host.Root, names []string) ([]string, error) {
	var dirs []string
	for _, name := range names {
		dirs = append(dirs, name+".d")
	}
	base := strings.TrimSuffix(names[0], ".service")
	for i := strings.LastIndexByte(base, '-'); i > 0; i = strings.LastIndexByte(base[:i], '-') {
		dirs = append(dirs, base[:i+1]+".service.d")
	}
	dirs = append(dirs, "service.d")
	found := map[string]string{}
	var order []string
	for _, dir := range dirs {
		for _, place := range unitPath() {
			entries, err := root.ReadDir(place+"/"+dir, maxDropIns)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			for _, e := range entries {
				if _, hidden := found[e]; !hidden && strings.HasSuffix(e, ".conf") {
					found[e] = place + "/" + dir + "/" + e
					order = append(order, e)
				}
			}
		}
	}
	slices.Sort(order)
	var files []string
	for _, e := range order {
		real, err := root.Resolve(found[e])
		if real == "/dev/null" {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, found[e])
	}
	return files, nil
}

// unitSettings are the settings of the section Service that matter here, after
// the files read so far.
type unitSettings struct {
	exec            []string
	context         string
	noNewPrivileges bool
}

// parse reads the text of a unit file or drop-in.
func (s *unitSettings) parse(b []byte) {
	section := ""
	for line := range unitLines(string(b)) {
		if strings.HasPrefix(line, "[") {
			section = strings.TrimSuffix(strings.TrimPrefix(line, "["), "]")
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || section != "Service" {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "ExecStart":
			if value == "" {
				s.exec = nil
			} else {
				s.exec = append(s.exec, value)
			}
		case "SELinuxContext":
			s.context = value
		case "NoNewPrivileges":
			s.noNewPrivileges = slices.Contains([]string{"1", "yes", "y", "true", "t", "on"}, strings.ToLower(value))
		}
	}
}

// unitLines yields the lines of a unit file: joined where they end with a
// backslash, trimmed, without comments, which may stand between joined lines.
func unitLines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		joined := ""
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line != "" && (line[0] == '#' || line[0] == ';') {
				continue
			}
			if rest, more := strings.CutSuffix(line, `\`); more {
				joined += rest + " "
				continue
			}
			line = joined + line
			joined = ""
			if line != "" && !yield(line) {
				return
			}
		}
		if joined != "" {
			yield(strings.TrimSpace(joined))
		}
	}
}

// take turns the settings into those of the unit.
func (u *Unit) take(s *unitSettings) error {
	u.NoNewPrivileges = s.noNewPrivileges
	if s.context != "" {
		text, err := u.specifiers(s.context)
		if err != nil {
			return fmt.Errorf("%s: SELinuxContext=%s: %w", u.Name, s.context, err)
		}
		u.Context, u.ContextOptional = strings.CutPrefix(text, "-")
	}
	if len(s.exec) == 0 {
		return fmt.Errorf("%s has no ExecStart", u.Name)
	}
	word := firstWord(strings.TrimLeft(s.exec[0], "@-:+!|"))
	exec, err := u.specifiers(word)
	if err != nil {
		return fmt.Errorf("%s: ExecStart=%s: %w", u.Name, word, err)
	}
	if exec == "" {
		return fmt.Errorf("%s: ExecStart names no program", u.Name)
	}
	u.Exec = exec
	return nil
}

// firstWord returns the first word of a command line; quotes around it are
// taken off.
func firstWord(s string) string {
	s = strings.TrimLeft(s, " \t")
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		word, _, _ := strings.Cut(s[1:], s[:1])
		return word
	}
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i]
	}
	return s
}

// specifiers replaces the specifiers that come from the unit's name.
func (u *Unit) specifiers(s string) (string, error) {
	base := strings.TrimSuffix(u.Name, ".service")
	prefix, instance, _ := strings.Cut(base, "@")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", errors.New("% at the end")
		}
		switch s[i] {
		case '%':
			b.WriteByte('%')
		case 'n':
			b.WriteString(u.Name)
		case 'N':
			b.WriteString(base)
		case 'p':
			b.WriteString(prefix)
		case 'i':
			b.WriteString(instance)
		default:
			return "", fmt.Errorf("specifier %%%c is not known here", s[i])
		}
	}
	return b.String(), nil
}
