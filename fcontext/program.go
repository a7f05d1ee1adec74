package fcontext

import (
	"iter"
	"strings"
)

// installDirs are where programs are installed. What has the name of a program below /etc, /var and the like is a
// script, a configuration or the data of it.
var installDirs = [...]string{"/usr/", "/opt/", "/lib/", "/lib64/", "/bin/", "/sbin/"}

// Programs yields the entries for one file of a name wherever programs are installed, those that win last: of
// /usr/libexec/NAME and of /usr/lib(64)?/[^/]*/NAME, and not of NAME.* or of a directory with all below it. Path is
// "" in a match where the entry is for several paths.
func (fc *Table) Programs(name string) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		for i := range fc.entries {
			e := &fc.entries[i]
			if e.kind != 0 && e.kind != '-' || !endsWith(e.pattern, name) || !installed(e.prefix) {
				continue
			}
			m := Match{Context: e.context, Pattern: e.pattern, File: e.file, Line: e.line}
			if e.exact {
				m.Path = e.prefix
			}
			if !yield(m) {
				return
			}
		}
	}
}

// endsWith reports whether the last part of the paths of a pattern is a name and nothing else.
func endsWith(pattern, name string) bool {
	if name == "" || !strings.Contains(pattern, lastWord(name)) {
		return false
	}
	at := strings.LastIndexByte(pattern, '/') + 1
	var n int
	for i := at; i < len(pattern); i, n = i+1, n+1 {
		escaped := pattern[i] == '\\' && i+1 < len(pattern)
		if escaped {
			i++
		}
		// A dot is often written without the backslash that it needs.
		meta := !escaped && pattern[i] != '.' && strings.IndexByte(metacharacters, pattern[i]) >= 0
		if n >= len(name) || pattern[i] != name[n] || meta {
			return false
		}
	}
	return at > 0 && n == len(name)
}

func installed(prefix string) bool {
	for _, dir := range installDirs {
		if strings.HasPrefix(prefix, dir) {
			return true
		}
	}
	return false
}
