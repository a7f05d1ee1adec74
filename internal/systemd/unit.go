package systemd

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ErrNoUnit is wrapped if a system has no unit of that name.
var ErrNoUnit = errors.New("no such unit")

// A Unit holds the settings of one unit's files.
type Unit struct {
	// Name is the whole name, such as web@1.service.
	Name string
	// Files are the unit's file and its drop-ins, in the order in which they are applied.
	Files []string
	// Settings are the assignments of all of them, in that order.
	Settings []Setting

	tree Tree
}

// A Setting is one assignment.
type Setting struct {
	Section, Key, Value string
	Pos
}

// The bounds of reading one unit.
const (
	maxUnitFile = 1 << 20
	maxDropIns  = 4096 // entries of one directory of drop-ins
)

// Dirs returns the directories in which systemd looks for the units of the system; the first one
// wins (systemd.unit(5), table 1).
func Dirs() []string {
	return []string{
		"/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
		"/run/systemd/generator.early", "/etc/systemd/system", "/etc/systemd/system.attached",
		"/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator",
		"/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
		"/run/systemd/generator.late",
	}
}

// Load reads a unit of a system by its whole name, its drop-ins included. The error wraps ErrNoUnit
// if there is no such unit, or if it is masked.
func Load(tree Tree, name string) (*Unit, error) {
	suffix := path.Ext(name)
	if strings.ContainsRune(name, '/') || strings.HasPrefix(name, ".") || suffix == "" {
		return nil, fmt.Errorf("%w: %q is not the name of a unit", ErrNoUnit, name)
	}
	u := &Unit{Name: name, tree: tree}
	names := []string{name}
	if template, ok := templateOf(name); ok {
		names = append(names, template)
	}
	var main []byte
	for _, n := range names {
		file, text, err := find(tree, n)
		if err != nil {
			return nil, err
		}
		if file == "" {
			continue
		}
		u.Files, main = []string{file}, text
		// The unit that an alias points to has its own drop-ins.
		if real, err := tree.Resolve(file); err == nil && !slices.Contains(names, path.Base(real)) {
			names = append(names, path.Base(real))
		}
		break
	}
	if u.Files == nil {
		return nil, fmt.Errorf("%w: %s is in none of the directories of systemd", ErrNoUnit, name)
	}
	if err := u.parse(main, u.Files[0]); err != nil {
		return nil, err
	}
	list, err := dropIns(tree, names, suffix)
	if err != nil {
		return nil, err
	}
	for _, file := range list {
		text, err := tree.ReadFile(file, maxUnitFile)
		if err != nil {
			return nil, err
		}
		if err := u.parse(text, file); err != nil {
			return nil, err
		}
		u.Files = append(u.Files, file)
	}
	return u, nil
}

// Parse reads the text of one unit file, which is not installed. Specifiers are expanded as for a
// unit with the file's name.
func Parse(tree Tree, file string, text []byte) (*Unit, error) {
	u := &Unit{Name: path.Base(file), Files: []string{file}, tree: tree}
	return u, u.parse(text, file)
}

// templateOf returns the template that a unit is an instance of.
func templateOf(name string) (string, bool) {
	suffix := path.Ext(name)
	prefix, rest, ok := strings.Cut(name, "@")
	if !ok || rest == suffix {
		return "", false
	}
	return prefix + "@" + suffix, true
}

// find returns the file of a unit and its text; "" where there is none.
func find(tree Tree, name string) (string, []byte, error) {
	for _, dir := range Dirs() {
		file := dir + "/" + name
		real, err := tree.Resolve(file)
		if real == "/dev/null" {
			return "", nil, fmt.Errorf("%w: %s is masked", ErrNoUnit, name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		b, err := tree.ReadFile(file, maxUnitFile)
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

// dropIns returns the drop-ins of a unit and of its aliases, sorted by file name: those for all
// units of the type, for the prefixes at each dash, and for the unit. Of several with one file
// name, the most specific one wins, then the one in the first directory.
func dropIns(tree Tree, names []string, suffix string) ([]string, error) {
	var dirs []string
	for _, name := range names {
		dirs = append(dirs, name+".d")
	}
	base := strings.TrimSuffix(names[0], suffix)
	for i := strings.LastIndexByte(base, '-'); i > 0; i = strings.LastIndexByte(base[:i], '-') {
		dirs = append(dirs, base[:i+1]+suffix+".d")
	}
	dirs = append(dirs, suffix[1:]+".d")
	found := map[string]string{}
	var order []string
	for _, dir := range dirs {
		for _, place := range Dirs() {
			entries, err := tree.ReadDir(place+"/"+dir, maxDropIns)
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
		real, err := tree.Resolve(found[e])
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
