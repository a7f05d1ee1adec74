package host

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A sysctlSetting is one line of a sysctl.d file.
type sysctlSetting struct {
	key   string // with dots between elements, as sysctl prints it; may be a pattern
	value string
	// exclude excludes the key from later patterns: "-key" without a value.
	exclude bool
	from    string
}

type sysctlSettings []sysctlSetting

// parseSysctlConf reads the text of one sysctl.d file (sysctl.d(5)). It skips lines that
// are neither comments nor settings, as systemd-sysctl does.
func parseSysctlConf(b []byte, from string) sysctlSettings {
	var list sysctlSettings
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, set := strings.Cut(line, "=")
		key, ignore := strings.CutPrefix(strings.TrimSpace(key), "-")
		if !set && !ignore {
			continue
		}
		list = append(list, sysctlSetting{sysctlKey(strings.TrimSpace(key)), strings.TrimSpace(value), !set, from})
	}
	return list
}

// sysctlKey converts a key into the form with dots between its elements. The first dot or slash in the key is the
// separator; the other character is part of an element.
func sysctlKey(key string) string {
	if i := strings.IndexAny(key, "./"); i >= 0 && key[i] == '/' {
		return strings.NewReplacer("/", ".", ".", "/").Replace(key)
	}
	return key
}

// lookup returns the final value of a parameter: that of the last setting that names it, else of the last pattern
// that matches it.
func (list sysctlSettings) lookup(name string) (Sysctl, bool) {
	asPath := strings.ReplaceAll(name, ".", "/")
	matched := -1
	for i, s := range slices.Backward(list) {
		if s.key == name {
			if s.exclude {
				return Sysctl{}, false
			}
			return Sysctl{name, s.value, s.from}, true
		}
		if matched < 0 && !s.exclude && strings.ContainsAny(s.key, "*?[") {
			if ok, err := path.Match(strings.ReplaceAll(s.key, ".", "/"), asPath); ok && err == nil {
				matched = i
			}
		}
	}
	if matched < 0 {
		return Sysctl{}, false
	}
	return Sysctl{name, list[matched].value, list[matched].from}, true
}

// maxConfFiles bounds the files of one configuration directory.
const maxConfFiles = 4096

// sysctlSettings returns all settings of the system in the order in which they are applied. These are the settings
// of systemd-sysctl. If procps applies settings instead of systemd, /etc/sysctl.conf follows.
func (r Root) sysctlSettings() (sysctlSettings, error) {
	files, err := r.confFiles("sysctl.d", ".conf")
	if !r.Exists("/usr/lib/systemd/systemd-sysctl") && !r.Exists("/lib/systemd/systemd-sysctl") &&
		r.Exists("/etc/sysctl.conf") {
		files = append(files, "/etc/sysctl.conf")
	}
	var list sysctlSettings
	for _, file := range files {
		b, readErr := r.ReadFile(file, maxText)
		if readErr != nil {
			err = errors.Join(err, readErr)
			continue
		}
		list = append(list, parseSysctlConf(b, file)...)
	}
	return list, err
}

// confFiles returns the configuration files of a directory in all its places, sorted by name. A file hides files
// with its name in later places. A link to /dev/null hides them and is not read.
func (r Root) confFiles(dir, suffix string) ([]string, error) {
	places := []string{"/etc/", "/run/", "/usr/local/lib/", "/usr/lib/", "/lib/"}
	byName := map[string]string{}
	var names []string
	var failed error
	for _, place := range places {
		entries, err := r.ReadDir(place+dir, maxConfFiles)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				failed = errors.Join(failed, err)
			}
			continue
		}
		for _, name := range entries {
			if _, hidden := byName[name]; !hidden && strings.HasSuffix(name, suffix) {
				byName[name] = place + dir + "/" + name
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	var files []string
	for _, name := range names {
		if to, err := r.Resolve(byName[name]); err == nil && to != "/dev/null" {
			files = append(files, byName[name])
		} else if to != "/dev/null" {
			failed = errors.Join(failed, err)
		}
	}
	return files, failed
}
