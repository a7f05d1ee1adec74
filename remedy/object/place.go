package object

import (
	"path"
	"regexp"
	"strings"
)

// A Place is where a new label applies: the entry that file_contexts gets, and the files to relabel
// after it.
type Place struct {
	Tree    string // a directory with all its files if Whole is set, else one file
	Pattern string // the regular expression of file_contexts
	Files   string // the kind of files as file_contexts writes it, "" for all
	Whole   bool
}

// Place returns the place of a Relabel: the entry that files needs for it, if they are known, and what is to be
// relabelled.
func (f *Fix) Place(name, class string, files Files) Place {
	place := f.placeOf(name, class)
	if files != nil {
		place.Pattern = files.FileSpec(place.Pattern)
	}
	return place
}

// placeOf is Place without equivalences of paths: the directory of the file with all its files; only the file if the
// directory is / or directly below it, or one that holds the files of all services, if the label is for a program
// or a library, or if nothing says that the other files have the same use.
func (f *Fix) placeOf(name, class string) Place {
	tree := name
	if class != "dir" {
		tree = path.Dir(name)
	}
	alone := f.insteadOfRule || f.alone || strings.Count(tree, "/") < 2 && tree != name || tree == "/" ||
		tree != name && ofAll(tree)
	switch {
	case f.tree != "" && strings.HasPrefix(name, f.tree+"/"):
		return Place{Tree: f.tree, Pattern: regexp.QuoteMeta(f.tree) + "(/.*)?", Whole: true}
	case !strings.HasPrefix(name, "/"):
		return Place{Tree: name, Pattern: name, Whole: class == "dir"}
	case alone && class == "file":
		return Place{Tree: name, Pattern: regexp.QuoteMeta(name), Files: "--"}
	case alone:
		return Place{Tree: name, Pattern: regexp.QuoteMeta(name), Whole: class == "dir"}
	}
	if f.files != "" && class == "file" {
		return Place{Tree: tree, Pattern: regexp.QuoteMeta(tree) + f.files, Files: "--", Whole: true}
	}
	return Place{Tree: tree, Pattern: regexp.QuoteMeta(tree) + "(/.*)?", Whole: true}
}
