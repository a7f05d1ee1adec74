// Package subject finds the security context of a process: from a type, a running process, a
// systemd unit, or a program.
//
// [Resolve] accepts types and contexts. [System.Find] also uses a machine: the process, the unit's
// files, the label of the program's file on disk or in file_contexts, and the policy's
// type_transition from init.
//
// Start here: [Resolve], or [System.Find].
package subject

import (
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// ErrUnknown is wrapped by errors about names that the policy lacks.
var ErrUnknown = errors.New("no such type in the policy")

// A Subject is the context of a process, and how it was found.
type Subject struct {
	// Name is the given name: a type, a context, pid:812, unit:NAME, exe:FILE.
	Name    string
	Context policy.Context
	// Assumed says that user, role and range were not given and are those of a system service.
	Assumed bool
	// Steps lead to the context, for a process, unit or program.
	Steps []Step
	// Process is the process with the given id, else nil.
	Process *host.Process
}

// Resolve finds the context of a text: a type, or a full context.
func Resolve(p *policy.Policy, text string) (Subject, error) {
	if strings.Contains(text, ":") {
		c, err := p.ParseContext(text)
		if err == nil && c.Role == objectRole {
			return Subject{}, fmt.Errorf("%w %q: no process has the role object_r, which is for files and "+
				"other objects", policy.ErrBadContext, text)
		}
		return Subject{Name: text, Context: c}, err
	}
	id, ok := p.Type(text)
	if !ok {
		if _, isAttr := p.Attribute(text); isAttr {
			return Subject{}, fmt.Errorf("%w: %s is an attribute, not a type of processes", ErrUnknown, text)
		}
		return Subject{}, fmt.Errorf("%w: %s", ErrUnknown, text)
	}
	c, ok := FromType(p, id)
	if !ok {
		return Subject{}, noContext(p, id, text)
	}
	return Subject{Name: p.TypeName(id), Context: c, Assumed: true}, nil
}

// NameOf returns a name of a context for [Resolve]: its type if that is enough, else the whole
// context.
func NameOf(p *policy.Policy, c policy.Context) string {
	text := p.FormatContext(c)
	if usual, ok := FromType(p, policy.TypeID(c.Type)); ok && p.FormatContext(usual) == text {
		return p.TypeName(policy.TypeID(c.Type))
	}
	return text
}

// noContext explains why no context has a type.
func noContext(p *policy.Policy, id policy.TypeID, text string) error {
	var roles []string
	held := false // by some user
	for r := range p.Roles() {
		if !mayHave(p, r, id) {
			continue
		}
		roles = append(roles, p.RoleName(r))
		for u := range p.Users() {
			held = held || p.UserInfo(u).Roles.Has(uint32(r)-1)
		}
	}
	what := "role " + strings.Join(roles, ", ")
	if len(roles) > 1 {
		what = "roles " + strings.Join(roles, ", ")
	}
	switch {
	case len(roles) == 0:
		return fmt.Errorf("no role of the policy may have the type %s, so no process can run in it", text)
	case !held:
		return fmt.Errorf("no user of the policy may have the %s, and no other role may have the type %s, so no "+
			"process can run in it", what, text)
	}
	return fmt.Errorf("no user of the policy may have the %s and the type %s at one level, so no process can run in it",
		what, text)
}

// objectRole is the value of object_r (OBJECT_R_VAL), the role of objects other than processes;
// older policies list all types in it.
const objectRole = 1

// mayHave reports whether a process in a role may have a type.
func mayHave(p *policy.Policy, r policy.RoleID, id policy.TypeID) bool {
	role := p.RoleInfo(r)
	return r != objectRole && role != nil && role.Types.Has(uint32(id)-1)
}

// FromType returns the context of a service with that type: system_u:system_r if the policy allows
// the combination, else the first role and user that may have it, at the low level of the user's
// range. ok is false if no process can have the type: none has the role object_r.
func FromType(p *policy.Policy, id policy.TypeID) (c policy.Context, ok bool) {
	system, _ := p.User("system_u")
	systemRole, _ := p.Role("system_r")
	if c, ok = pair(p, system, systemRole, id); ok {
		return c, true
	}
	for r := range p.Roles() {
		if c, ok = pair(p, system, r, id); ok {
			return c, true
		}
	}
	for u := range p.Users() {
		for r := range p.Roles() {
			if c, ok = pair(p, u, r, id); ok {
				return c, true
			}
		}
	}
	return policy.Context{}, false
}

func pair(p *policy.Policy, u policy.UserID, r policy.RoleID, id policy.TypeID) (policy.Context, bool) {
	user := p.UserInfo(u)
	if user == nil || !user.Roles.Has(uint32(r)-1) || !mayHave(p, r, id) {
		return policy.Context{}, false
	}
	c := policy.Context{User: uint32(u), Role: uint32(r), Type: uint32(id)}
	if p.MLS() {
		c.Range = policy.Range{Low: user.Range.Low, High: user.Range.Low, Single: true}
	}
	return c, p.ValidateContext(c) == nil
}
