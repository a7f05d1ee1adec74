package senet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// IsFixName reports whether a text can be the name of a fix, and not of a file: what a fix changes,
// alone or with : and what it changes it to.
func IsFixName(text string) bool {
	kind, _, _ := strings.Cut(text, ":")
	return slices.Contains([]string{string(remedy.OwnType), "label", "bool", "rule", string(remedy.Interfaces),
		string(remedy.Split), "level", "process-level", string(remedy.OtherPort), string(remedy.Permissive),
		string(object.Restore), string(object.Alike), string(object.Volume), string(object.Mode)}, kind)
}

// Names returns the names of the fixes, in the order of the list.
func (f *Fixes) Names() []string {
	names := make([]string, len(f.List))
	for i := range f.List {
		names[i] = f.List[i].Name(f.Answer.policy)
	}
	return names
}

// Find returns the place in the list of a fix, by its number, from 1, or by its name; -1 if there is
// none.
func (f *Fixes) Find(choice string) int { return findFix(f.Names(), choice) }

// Choose returns the place in the list of a fix, by its number, from 1, or by its name. A label that is not in the list
// and with which the access succeeds is added to it. The error wraps ErrNoSuchFix.
func (x *AccessFixes) Choose(choice string) (int, error) {
	names := make([]string, len(x.Fixes))
	for i := range x.Fixes {
		names[i] = x.Fixes[i].Name(x.Policy)
	}
	if n := findFix(names, choice); n >= 0 {
		return n, nil
	}
	if typ, ok := strings.CutPrefix(choice, "label:"); ok && x.session != nil {
		if fix, ok := object.Label(x.session.decider(), x.Problem, typ); ok {
			x.Fixes = append(x.Fixes, fix)
			return len(x.Fixes) - 1, nil
		}
	}
	for i := range names {
		names[i] = fmt.Sprintf("%d %s", i+1, names[i])
	}
	return -1, fmt.Errorf("%s: %w; there is %s", choice, ErrNoSuchFix, strings.Join(names, ", "))
}

func findFix(names []string, choice string) int {
	if n, err := strconv.Atoi(choice); err == nil && 0 < n && n <= len(names) {
		return n - 1
	}
	return slices.Index(names, choice)
}
