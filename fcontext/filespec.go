package fcontext

import (
	"regexp"
	"strings"
)

// FileSpec returns a pattern as an entry needs it: for what paths are after the substitutions, as libselinux looks for
// entries only then. An entry for /var/run/x matches nothing where /var/run is labelled like /run, and semanage
// fcontext refuses it. The pattern begins with a path, in which metacharacters may be escaped.
func (fc *Table) FileSpec(pattern string) string {
	for _, list := range [...][]substitution{fc.subs, fc.dist} {
		for _, s := range list {
			rest, ok := cutDirectory(pattern, s.from)
			if !ok {
				continue
			}
			pattern = rest
			if s.to != "/" || rest == "" {
				pattern = regexp.QuoteMeta(s.to) + rest
			}
			break
		}
	}
	return pattern
}

// cutDirectory cuts a directory from the start of a pattern for it or for files in it.
func cutDirectory(pattern, dir string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(pattern, regexp.QuoteMeta(dir))
	if !ok {
		rest, ok = strings.CutPrefix(pattern, dir)
	}
	return rest, ok && (rest == "" || rest[0] == '/' || strings.HasPrefix(rest, "(/"))
}
