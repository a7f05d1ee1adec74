package audit

import (
	"path"
	"slices"
	"strings"
)

// paths takes the absolute paths in a line. What is before one is a blank, a quote, a bracket or a sign, so that no
// part of a URL is one. A pattern and a path with variables are none.
func (p *Prose) paths(line string) {
	for i := 0; i < len(line) && len(p.Paths) < maxPaths; {
		if line[i] != '/' || i > 0 && !strings.ContainsRune(" \t'\"`(=[<>,", rune(line[i-1])) {
			i++
			continue
		}
		end := i
		for end < len(line) && inPath(line[end]) {
			end++
		}
		name := strings.TrimRight(line[i:end], "./")
		if (end == len(line) || !strings.ContainsRune("*?{$\\(", rune(line[end]))) && strings.Count(name, "/") > 1 &&
			path.Clean(name) == name && !slices.Contains(p.Paths, name) {
			p.Paths = append(p.Paths, name)
		}
		i = end
	}
}

func inPath(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/._-+@%~", c) >= 0
}
