package records

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// A Boolean is a boolean with its values.
type Boolean struct {
	Name string
	On   bool  // the stored value
	Own  *bool // the policy's default, nil if no store has it
	Live *bool // the value in the running kernel, nil if that has another policy, or none
	// Local says that a local record sets it.
	Local bool
}

// A BooleanError says that the policy has no boolean of that name.
type BooleanError struct {
	Name string
	Near []string // booleans with similar names, the most similar first
}

func (e *BooleanError) Error() string { return fmt.Sprintf("the policy has no boolean %s", e.Name) }

// NoBoolean returns the error for a boolean that a policy lacks.
func NoBoolean(p *policy.Policy, name string) *BooleanError {
	return &BooleanError{name, policy.Nearest(name, func(yield func(string) bool) {
		for id := range p.Bools() {
			if !yield(p.BoolName(id)) {
				return
			}
		}
	}, 3)}
}

// Booleans lists booleans by name: those of names, or all if there are no names, or only those with
// a local record. The error is a *BooleanError. live says that the source is the running system's.
func (s *Source) Booleans(names []string, local, live bool) ([]Boolean, error) {
	for _, name := range names {
		if _, ok := s.Policy.Bool(name); !ok {
			return nil, NoBoolean(s.Policy, name)
		}
	}
	list := []Boolean{}
	for id := range s.Policy.Bools() {
		b := Boolean{Name: s.Policy.BoolName(id), On: s.Policy.BoolState(id)}
		b.Local = s.IsLocal(semanage.BooleanKey(b.Name))
		if local && !b.Local || len(names) > 0 && !slices.Contains(names, b.Name) {
			continue
		}
		if s.Linked != nil {
			if own, ok := BooleanIn(s.Linked, b.Name); ok {
				b.Own = &own
			}
		}
		if live {
			b.Live = liveBoolean(b.Name)
		}
		list = append(list, b)
	}
	slices.SortFunc(list, func(x, y Boolean) int { return strings.Compare(x.Name, y.Name) })
	return list, nil
}

// InUse reports whether a store is the running system's; "" is the configured one.
func InUse(root, store string) bool {
	return root == "" && (store == "" || store == policyfile.Type("/"))
}

// liveBoolean returns the value of a boolean in the running kernel, nil if SELinux is off.
func liveBoolean(name string) *bool {
	if strings.Contains(name, "/") {
		return nil // the name may come from an untrusted policy
	}
	text, err := os.ReadFile("/sys/fs/selinux/booleans/" + name)
	if err != nil {
		return nil
	}
	on := strings.HasPrefix(string(text), "1")
	return &on
}
