package systemd

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// An Environment holds the variables of a service's processes, as far as files tell them.
type Environment struct {
	// Values has the value of each variable, From the line that sets it.
	Values map[string]string
	From   map[string]Pos
	// Passed are variables that come from the manager's own environment.
	Passed []string
	// Missing are required environment files that could not be read: systemd would not start the
	// service.
	Missing []string
}

// maxEnvFiles bounds the files that match one EnvironmentFile pattern.
const maxEnvFiles = 256

// Environment reads the variables of a service, in systemd's order: Environment=, then
// the files of EnvironmentFile=.
func (u *Unit) Environment() Environment {
	e := Environment{Values: map[string]string{}, From: map[string]Pos{}}
	for _, d := range [...]struct{ key, name, base string }{
		{"RuntimeDirectory", "RUNTIME_DIRECTORY", "/run/"}, {"StateDirectory", "STATE_DIRECTORY", "/var/lib/"},
		{"CacheDirectory", "CACHE_DIRECTORY", "/var/cache/"}, {"LogsDirectory", "LOGS_DIRECTORY", "/var/log/"},
		{"ConfigurationDirectory", "CONFIGURATION_DIRECTORY", "/etc/"},
	} {
		var dirs []string
		var from Pos
		for _, s := range u.All("Service", d.key) {
			list, _ := words(s.Value, relaxed)
			for _, w := range list {
				name, _, _ := strings.Cut(w, ":") // the name of a symbolic link to it may follow
				if name, err := u.Expand(name); err == nil {
					dirs, from = append(dirs, d.base+name), s.Pos
				}
			}
		}
		if dirs != nil {
			e.set(d.name, strings.Join(dirs, ":"), from)
		}
	}
	for _, s := range u.All("Service", "PassEnvironment") {
		list, _ := words(s.Value, relaxed)
		e.Passed = append(e.Passed, list...)
	}
	for _, s := range u.All("Service", "Environment") {
		list, _ := words(s.Value, strict)
		for _, w := range list {
			if w, err := u.Expand(w); err == nil {
				if name, value, ok := strings.Cut(w, "="); ok {
					e.set(name, value, s.Pos)
				}
			}
		}
	}
	for _, s := range u.All("Service", "EnvironmentFile") {
		u.envFile(&e, s)
	}
	return e
}

func (e *Environment) set(name, value string, from Pos) {
	e.Values[name], e.From[name] = value, from
}

// envFile reads the files of one EnvironmentFile setting: a file, or a pattern for files of one
// directory.
func (u *Unit) envFile(e *Environment, s Setting) {
	pattern, optional := strings.CutPrefix(s.Value, "-")
	name, err := u.Expand(pattern)
	if err != nil {
		e.Missing = append(e.Missing, pattern)
		return
	}
	files := []string{name}
	if dir, base := path.Split(name); strings.ContainsAny(base, "*?[") {
		files = nil
		entries, _ := u.tree.ReadDir(path.Clean(dir), maxDropIns)
		for _, entry := range entries {
			if ok, err := path.Match(base, entry); ok && err == nil && len(files) < maxEnvFiles {
				files = append(files, dir+entry)
			}
		}
		slices.Sort(files)
	}
	if len(files) == 0 && !optional {
		e.Missing = append(e.Missing, name)
	}
	for _, file := range files {
		b, err := u.tree.ReadFile(file, maxUnitFile)
		if err != nil {
			if !optional || !errors.Is(err, fs.ErrNotExist) {
				e.Missing = append(e.Missing, file)
			}
			continue
		}
		for _, v := range ParseEnvFile(string(b)) {
			e.set(v.Name, v.Value, Pos{file, v.Line})
		}
	}
}
