package object

import (
	"path"
	"regexp"
	"strings"
)

// A Place is where a label is said to be: what file_contexts gets, and what is labelled
// anew afterwards.
type Place struct {
	Tree    string // a directory and all in it where Whole is set, else one file
	Pattern string // the regular expression of file_contexts
	Files   string // the kind of files as file_contexts writes it, "" for all
	Whole   bool
}

// Place returns the place of a Relabel: the directory of the file and all in it; the file
// alone where the directory is one of the system's own, and where the label is for a
// program or a library.
func (f *Fix) Place(name, class string) Place {
	tree := name
	if class != "dir" {
		tree = path.Dir(name)
	}
	alone := f.insteadOfRule || strings.Count(tree, "/") < 2 && tree != name || tree == "/"
	switch {
	case !strings.HasPrefix(name, "/"):
		return Place{Tree: name, Pattern: name, Whole: class == "dir"}
	case alone && class == "file":
		return Place{Tree: name, Pattern: regexp.QuoteMeta(name), Files: "--"}
	case alone:
		return Place{Tree: name, Pattern: regexp.QuoteMeta(name), Whole: class == "dir"}
	}
	return Place{Tree: tree, Pattern: regexp.QuoteMeta(tree) + "(/.*)?", Whole: true}
}
