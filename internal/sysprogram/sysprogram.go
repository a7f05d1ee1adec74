// Package sysprogram finds the programs of the system that senet runs, such as
// semodule(8), and says which environment they get. Root takes neither from its own
// environment: it may have come through sudo from somebody else.
package sysprogram

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dirs are where a system has its own programs.
var dirs = [...]string{"/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// Path is what PATH is for a program that root runs.
const Path = "/usr/sbin:/usr/bin:/sbin:/bin"

// Find returns the path of a program, "" if there is none: in the directories of a
// system, and unless the process is root's in those of PATH before. Of several the first
// that fits, if that is not nil.
func Find(name string, fits func(path string) bool) string {
	return find(name, os.Geteuid() == 0, os.Getenv("PATH"), fits)
}

func find(name string, root bool, path string, fits func(string) bool) string {
	list := dirs[:]
	if !root {
		list = slices.Concat(filepath.SplitList(path), list)
	}
	for _, dir := range list {
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		program := err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
		if program && filepath.IsAbs(dir) && (fits == nil || fits(file)) {
			return file
		}
	}
	return ""
}

// Environ returns the environment for a program: that of this process, of which root
// gives no more than the language, the time zone, the width of the terminal and where
// temporary files go.
func Environ() []string { return environ(os.Geteuid() == 0, os.Environ()) }

func environ(root bool, env []string) []string {
	if !root {
		return env
	}
	list := []string{"PATH=" + Path}
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "LC_") || slices.Contains([]string{"LANG", "TZ", "TMPDIR", "TERM", "COLUMNS"},
			name) {
			list = append(list, v)
		}
	}
	return list
}
