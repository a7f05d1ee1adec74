package object

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/subject"
)

// Subdirectory returns the directory of an application in a shared place, as /var/lib/NAME, which has the label of the
// place itself by file_contexts, and the label that the subject has for its own files in that place, with which the
// policy allows it the access of a problem. It returns "" where the path is not known or is in no such directory, and
// where the subject has no such label or goes to the files of others.
func Subdirectory(d *access.Decider, problem Problem) (tree, typ string) {
	f := &finder{d: d, p: d.Policy(), problem: &problem, wanted: withFollowers(problem.Class, problem.Perms)}
	source := f.typeName(problem.Source)
	if problem.Files == nil || !IsFile(problem.Class) || subject.IsLeftover(source) || IsVisitor(source) {
		return "", ""
	}
	place := ""
	if tree, place = f.applicationTree(); tree == "" {
		return "", ""
	}
	label, _ := problem.Files.Wanted(tree, "dir")
	if c, err := f.p.ParseContext(label); label != "" && (err != nil || c.Type != problem.Target.Type) {
		return "", ""
	}
	found, least := "", ""
	for dir, name := range problem.Files.Trees() {
		if path.Dir(dir) != place || !f.own(name) || IsLog(name) != strings.HasSuffix(place, "/log") ||
			least != "" && dir >= least {
			continue
		}
		if id, ok := f.p.Type(name); ok && f.allows(d, f.labelled(id)) {
			found, least = name, dir
		}
	}
	if found == "" && strings.HasSuffix(place, "/log") { // its entry may be a pattern of names, as /var/log/passenger.*
		for id := range f.p.Types() {
			name := f.p.TypeName(id)
			if !f.p.IsAttribute(id) && IsLog(name) && f.own(name) && f.allows(d, f.labelled(id)) {
				found = name
				break
			}
		}
	}
	if found == "" {
		return "", ""
	}
	return tree, found
}

// applicationTree returns the directory below a shared place that the object is, or is in, and the place.
func (f *finder) applicationTree() (tree, place string) {
	switch typ := f.typeName(f.problem.Target); typ {
	case "var_lib_t", "var_log_t", "var_spool_t", "var_cache_t":
		place = treesOf(typ)[0]
	default:
		return "", ""
	}
	rest, ok := strings.CutPrefix(f.problem.Path, place+"/")
	name, _, deeper := strings.Cut(rest, "/")
	if !ok || name == "" || !deeper && f.problem.Class != "dir" {
		return "", ""
	}
	return place + "/" + name, place
}
