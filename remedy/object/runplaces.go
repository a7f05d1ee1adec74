package object

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
)

// RunPlaces returns the directories in /run that file_contexts has for the subject, with the labels of its own with
// which the policy allows it the access of a problem, the shortest first; a label of the subject for which there is no
// directory comes last, with an empty Dir. It is nil where the policy has no such label.
func RunPlaces(d *access.Decider, problem Problem) (list []OwnPlace) {
	f := &finder{d: d, p: d.Policy(), problem: &problem, wanted: problem.Perms}
	for id := range f.p.Types() {
		name := f.p.TypeName(id)
		if f.p.IsAttribute(id) || !inRun(name) || !f.own(name) {
			continue
		}
		if c := f.labelled(id); f.p.ValidateContext(c) == nil && f.allows(d, c) {
			list = append(list, OwnPlace{Type: name})
		}
	}
	if problem.Files == nil {
		return list
	}
	for dir, typ := range problem.Files.Trees() {
		i := slices.IndexFunc(list, func(x OwnPlace) bool { return x.Type == typ })
		dir = strings.TrimPrefix(dir, "/var")
		if i < 0 || !strings.HasPrefix(dir, "/run/") {
			continue
		}
		if old := list[i].Dir; old == "" || cmp.Or(cmp.Compare(len(dir), len(old)), strings.Compare(dir, old)) < 0 {
			list[i].Dir = dir
		}
	}
	slices.SortStableFunc(list, func(a, b OwnPlace) int {
		switch {
		case a.Dir == "" && b.Dir != "":
			return 1
		case a.Dir != "" && b.Dir == "":
			return -1
		}
		return cmp.Or(cmp.Compare(len(a.Dir), len(b.Dir)), strings.Compare(a.Dir, b.Dir))
	})
	return list
}
