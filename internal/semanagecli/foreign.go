package semanagecli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// What an export says about records that are not changed here: the arguments of
// the commands that make them, sorted as semanage sorts them. The files are of
// the active directory, in libsemanage's text form.
func (r *run) foreignRecords(name string) []string {
	switch name {
	case "login":
		return r.logins()
	case "user":
		return r.users()
	case "fcontext":
		return r.fileContexts()
	case "module":
		return r.disabledModules()
	case "permissive":
		return r.permissiveTypes()
	}
	return nil
}

// lines returns the lines of a file that are not empty and no comments.
func lines(path string) []string {
	data, err := sysroot.Root{}.ReadFile(path, sysroot.MaxRecords)
	if err != nil {
		return nil
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

func (r *run) active(name string) string { return filepath.Join(r.store.Dir(), "active", name) }

// sorted returns the values of m in the order of its keys.
func sorted(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = m[k]
	}
	return list
}

// logins reads lines NAME:USER[:RANGE].
func (r *run) logins() []string {
	found := map[string]string{}
	for _, line := range lines(r.active("seusers.local")) {
		f := strings.SplitN(line, ":", 3)
		if len(f) < 2 {
			continue
		}
		text := "-a -s " + f[1]
		if len(f) == 3 && f[2] != "" {
			text += " -r '" + f[2] + "'"
		}
		found[f[0]] = text + " " + f[0]
	}
	return sorted(found)
}

// users reads lines user NAME roles { ROLE... } [level LEVEL range RANGE];
func (r *run) users() []string {
	found := map[string]string{}
	for _, line := range lines(r.active("users.local")) {
		head, tail, braces := strings.Cut(line, "{")
		roles, tail, closed := strings.Cut(tail, "}")
		f := strings.Fields(head)
		if !braces || !closed {
			// one role needs no braces: user NAME roles ROLE level ...
			all := strings.Fields(strings.TrimSuffix(line, ";"))
			if len(all) < 4 {
				continue
			}
			f, roles, tail = all[:3], all[3], strings.Join(all[4:], " ")
		}
		if len(f) < 2 {
			continue
		}
		text := "-a "
		_, mls, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(tail), ";"), "level ")
		level, rng, ranged := strings.Cut(mls, " range ")
		if ranged {
			text += "-L " + strings.ReplaceAll(level, " ", "") + " -r " + strings.ReplaceAll(rng, " ", "") + " "
		}
		found[f[1]] = text + "-R '" + strings.Join(strings.Fields(roles), " ") + "' " + f[1]
	}
	return sorted(found)
}

// fileContexts reads lines PATTERN [-TYPE] CONTEXT and the equivalences.
func (r *run) fileContexts() []string {
	types := map[string][2]string{ // the letter, and the name that semanage sorts by
		"--": {"f", "regular file"}, "-d": {"d", "directory"}, "-c": {"c", "character device"},
		"-b": {"b", "block device"},
		"-s": {"s", "socket"}, "-l": {"l", "symbolic link"}, "-p": {"p", "named pipe"}, "": {"a", "all files"},
	}
	found := map[string]string{}
	for _, line := range lines(r.active("file_contexts.local")) {
		f := strings.Fields(line)
		kind := ""
		if len(f) == 3 {
			kind = f[1]
		}
		t, ok := types[kind]
		if !ok || len(f) < 2 {
			continue
		}
		context := strings.SplitN(f[len(f)-1], ":", 4)
		key := f[0] + "\x00" + t[1]
		if len(context) < 3 { // <<none>> is not exported
			delete(found, key)
			continue
		}
		text := "-a -f " + t[0] + " -t " + context[2]
		if len(context) == 4 {
			text += " -r '" + context[3] + "'"
		}
		found[key] = text + " '" + f[0] + "'"
	}
	list := sorted(found)
	subs := filepath.Join("/", r.tool.Root, "etc/selinux", r.store.Name(), "contexts/files/file_contexts.subs")
	for _, line := range lines(subs) {
		if f := strings.Fields(line); len(f) == 2 {
			list = append(list, "-a -e "+f[1]+" "+f[0])
		}
	}
	return list
}

// modules returns the names of the modules of every priority.
func (r *run) modules() []string {
	var names []string
	priorities, _ := os.ReadDir(r.active("modules"))
	for _, p := range priorities {
		if !p.IsDir() || strings.Trim(p.Name(), "0123456789") != "" {
			continue
		}
		entries, _ := os.ReadDir(filepath.Join(r.active("modules"), p.Name()))
		for _, e := range entries {
			if e.IsDir() {
				names = append(names, e.Name())
			}
		}
	}
	slices.Sort(names)
	return names
}

func (r *run) disabled(module string) bool {
	_, err := os.Lstat(filepath.Join(r.active("modules/disabled"), module))
	return err == nil
}

func (r *run) disabledModules() []string {
	var list []string
	for _, name := range r.modules() {
		if r.disabled(name) {
			list = append(list, "-d "+name)
		}
	}
	return list
}

// permissiveTypes are those of the modules that semanage permissive made.
func (r *run) permissiveTypes() []string {
	var list []string
	for _, name := range slices.Compact(r.modules()) {
		if typ, ok := strings.CutPrefix(name, "permissive_"); ok && !r.disabled(name) {
			list = append(list, "-a "+typ)
		}
	}
	return list
}
