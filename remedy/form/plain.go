package form

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/remedy"
)

// plain reports whether all names of a fix are valid for compilers of policies. Other
// policies may have a name that acts in a shell, ends a document or moves a cursor.
func plain(f *remedy.Fix, t Target) bool {
	names := []string{f.Type, f.Range, f.ModuleName, f.ProcessRange, f.ProcessContext}
	names = append(names, f.Domains...)
	for _, c := range f.Choices {
		names = append(names, c.Type)
	}
	for _, b := range t.Bools {
		names = append(names, b.Name)
	}
	for _, r := range slices.Concat(f.Records, f.Undo) {
		names = append(names, r.Context.Type, r.Context.Range)
	}
	return !slices.ContainsFunc(names, acts) && !slices.ContainsFunc(f.Module, nodeActs)
}

func nodeActs(n cil.Node) bool { return acts(n.Atom) || slices.ContainsFunc(n.List, nodeActs) }

// acts reports whether a word has other characters than those of names and levels.
func acts(word string) bool {
	return strings.HasPrefix(word, "-") || strings.ContainsFunc(word, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune("_.:,-@", r))
	})
}
