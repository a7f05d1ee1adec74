package interfaces

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A Need is access that a domain needs. Target is "self" or the domain itself for access to its own
// objects.
type Need struct {
	Source, Target, Class string
	Perms                 []string
}

// A NameError says that the policy lacks a name of a need.
type NameError struct {
	Kind, Name string // "type", "class" or "permission"
	Near       []string
}

func (e *NameError) Error() string { return "the policy has no " + e.Kind + " " + e.Name }

// Check returns a [*NameError] for the first name of a need that the policy lacks.
func (f *Finder) Check(n *Need) error {
	for _, name := range []string{n.Source, n.Target} {
		if _, ok := f.p.Type(name); !ok && name != "self" || !ok && name == n.Source {
			near := policy.Nearest(name, func(yield func(string) bool) {
				for id := range f.p.Types() {
					if !yield(f.p.TypeName(id)) {
						return
					}
				}
			}, 3)
			return &NameError{"type", name, near}
		}
	}
	class, ok := f.p.Class(n.Class)
	if !ok {
		return &NameError{"class", n.Class, policy.Nearest(n.Class, func(yield func(string) bool) {
			for id := range f.p.Classes() {
				if !yield(f.p.ClassName(id)) {
					return
				}
			}
		}, 3)}
	}
	for _, name := range n.Perms {
		if _, ok := f.p.Perm(class, name); !ok {
			return &NameError{"permission", n.Class + ":" + name,
				policy.Nearest(name, slices.Values(f.p.Perms(class)), 3)}
		}
	}
	return nil
}
