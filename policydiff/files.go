package policydiff

import (
	"cmp"
	"maps"
	"slices"

	"github.com/senet-selinux/senet/fcontext"
)

// A FileLabel is a path pattern of file_contexts, for one kind of files as in [fcontext.Entry],
// with its context before and after; "" if one side lacks it.
type FileLabel struct {
	Pattern       string
	Kind          byte
	Before, After string
}

// FileLabels returns the patterns that two systems label differently, sorted. Of several entries
// with one pattern and kind, the last one counts. Patterns are compared as text: two different
// patterns for the same files count as two.
func FileLabels(before, after *fcontext.Table) []FileLabel {
	type key struct {
		pattern string
		kind    byte
	}
	labels := make(map[key]FileLabel)
	for e := range before.Entries() {
		labels[key{e.Pattern, e.Kind}] = FileLabel{e.Pattern, e.Kind, e.Context, ""}
	}
	for e := range after.Entries() {
		k := key{e.Pattern, e.Kind}
		labels[k] = FileLabel{e.Pattern, e.Kind, labels[k].Before, e.Context}
	}
	maps.DeleteFunc(labels, func(_ key, l FileLabel) bool { return l.Before == l.After })
	return slices.SortedFunc(maps.Values(labels), func(a, b FileLabel) int {
		return cmp.Or(cmp.Compare(a.Pattern, b.Pattern), cmp.Compare(a.Kind, b.Kind))
	})
}
