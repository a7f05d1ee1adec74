package audit

import (
	"path"
	"strings"
)

// A Chcon is a label that a command of a text sets by hand, until the file system is relabelled.
type Chcon struct {
	// Type is the type of the label, Path the file or directory, which may have * and ? as a shell has them.
	Type, Path string
	// Tree says that all below the directory gets it as well.
	Tree bool
}

// Covers reports whether the command labels a file, of which either the whole path or only the name is known.
func (c *Chcon) Covers(name string) bool {
	if !path.IsAbs(name) {
		ok, err := path.Match(path.Base(c.Path), name)
		return err == nil && ok
	}
	ok, err := path.Match(c.Path, name)
	return err == nil && ok || c.Tree && strings.HasPrefix(name, strings.TrimSuffix(c.Path, "/")+"/")
}

// chconLine returns what the chcon of a line sets: chcon -R -t TYPE PATH..., or with a whole context in place of -t.
// Only absolute paths count: others depend on the directory.
func chconLine(line string) (list []Chcon) {
	_, rest, _ := strings.Cut(line, "chcon")
	rest, _, _ = strings.Cut(rest, "`")
	typ, tree, next := "", false, false
	for _, word := range strings.Fields(rest) {
		end := strings.HasSuffix(word, ";")
		word = strings.Trim(word, `"';,`)
		switch value, long := strings.CutPrefix(word, "--type="); {
		case next:
			typ, next = word, false
		case long:
			typ = value
		case word == "--recursive":
			tree = true
		case word == "" || word == "&&" || word == "||" || word == "|" || strings.HasPrefix(word, "#"):
			return list
		case strings.HasPrefix(word, "--"):
		case strings.HasPrefix(word, "-"):
			tree = tree || strings.Contains(word, "R")
			next = strings.HasSuffix(word, "t")
		case typ == "" && strings.Count(word, ":") >= 2:
			typ = ContextType(word)
		case typ != "" && path.IsAbs(word) && strings.HasSuffix(typ, "_t"):
			list = append(list, Chcon{Type: typ, Path: path.Clean(strings.TrimRight(word, ".")), Tree: tree})
		}
		if end {
			return list
		}
	}
	return list
}
