package say

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// ownLabels names the subject's own labels for data among the fixes that are not shown, "" if there are none: which of
// them is for the file its name does not tell.
func (x *AccessFixes) ownLabels() string {
	var names []string
	for i := range x.Fixes {
		f := &x.Fixes[i]
		if f.Kind == object.Relabel && f.Own && f.Works && f.Applicability != remedy.Never && object.IsLasting(f.Type) {
			names = append(names, f.Type)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	const most = 3
	more := ""
	if len(names) > most {
		names, more = names[:most], " and others"
	}
	return words.Sprintf("; %s has %s%s (what each opens is in senet fix --all)", x.subject(),
		strings.Join(names, ", "), more)
}

// whereOwn says where the files of the subject are, with the labels that they have there.
func (x *AccessFixes) whereOwn() string {
	places := object.OwnPlaces(access.NewDecider(x.Policy), x.Problem)
	if len(places) == 0 {
		return "where the service has its files"
	}
	list := make([]string, len(places))
	for i, p := range places {
		list[i] = words.Sprintf("%s (%s)", p.Dir, p.Type)
	}
	return words.Sprintf("where %s may use it, as %s", x.subject(), strings.Join(list, ", "))
}

// writtenSettings says which label what the subject writes among its settings gets: that of its data, for no more than
// is written.
func (x *AccessFixes) writtenSettings() string {
	typ := object.DataLabel(access.NewDecider(x.Policy), x.Problem.Source, x.Problem.Target)
	if typ == "" {
		return " a label of its data (semanage fcontext, restorecon)" + x.ownLabels()
	}
	name, tree := cmp.Or(x.Problem.Path, "FILE"), ""
	restore := shell.New("restorecon", "-v")
	if x.Query.Class == "dir" {
		name, tree, restore = cmp.Or(x.Problem.Path, "DIR"), "(/.*)?", shell.New("restorecon", "-R", "-v")
	}
	pattern := name + tree
	if x.Problem.Path != "" {
		pattern = regexp.QuoteMeta(name) + tree
	}
	return words.Sprintf(", and nothing else, the label of its data: %s; %s",
		labelEntry(x.Problem.Files, typ, pattern, ""), restore.Arg(name))
}
