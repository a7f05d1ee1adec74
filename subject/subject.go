// Package subject finds the security context that a process runs in: of a type,
// of a running process, of a systemd unit, of a program.
//
// [Resolve] knows types and contexts. [System.Find] also asks a machine: the
// process, the unit's files, the label that the program's file has or that
// file_contexts gives it, and the policy's type_transition from init.
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

// ErrUnknown is wrapped by errors about names the policy does not have.
var ErrUnknown = errors.New("no such type in the policy")

// A Subject is the context of a process, and how it was found.
type Subject struct {
	// Name is the name as it was given: a type, a context, pid:812, unit:NAME, exe:FILE.
	Name    string
	Context policy.Context
	// Assumed says that user, role and range were not given and are the ones a
	// system service would have.
	Assumed bool
	// Steps lead to the context, for a process, unit or program.
	Steps []Step
	// Process is the process that was named by its id, else nil.
	Process *host.Process
}

// Resolve finds the context that text names: a type, or a full context.
func Resolve(p *policy.Policy, text string) (Subject, error) {
	if strings.Contains(text, ":") {
		c, err := p.ParseContext(text)
		if err == nil && c.Role == objectRole {
			return Subject{}, fmt.Errorf("%w %q: no process runs in the role object_r, which is for files and "+
				"other objects", policy.ErrBadContext, text)
		}
		return Subject{Name: text, Context: c}, err
	}
	id, ok := p.Type(text)
	if !ok {
		if _, isAttr := p.Attribute(text); isAttr {
			return Subject{}, fmt.Errorf("%w: %s is an attribute, which no process runs as", ErrUnknown, text)
		}
		return Subject{}, fmt.Errorf("%w: %s", ErrUnknown, text)
	}
	c, ok := FromType(p, id)
	if !ok {
		return Subject{}, noContext(p, id, text)
	}
	return Subject{Name: p.TypeName(id), Context: c, Assumed: true}, nil
}

// NameOf names a context as [Resolve] takes it: by its type where that stands for it,
// else in full.
func NameOf(p *policy.Policy, c policy.Context) string {
	text := p.FormatContext(c)
	if usual, ok := FromType(p, policy.TypeID(c.Type)); ok && p.FormatContext(usual) == text {
		return p.TypeName(policy.TypeID(c.Type))
	}
	return text
}

// noContext names the missing link between a type and a user.
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
		return fmt.Errorf("no role of the policy may have the type %s, so no process runs as it", text)
	case !held:
		return fmt.Errorf("no user of the policy may have the %s, and no other role may have the type %s, so no "+
			"process runs as it", what, text)
	}
	return fmt.Errorf("no user of the policy may have the %s and the type %s at one level, so no process runs as it",
		what, text)
}

// objectRole is the value of object_r (OBJECT_R_VAL). It labels objects that are no processes;
// older policies list all types under it.
const objectRole = 1

// mayHave reports whether a process in a role may have a type.
func mayHave(p *policy.Policy, r policy.RoleID, id policy.TypeID) bool {
	role := p.RoleInfo(r)
	return r != objectRole && role != nil && role.Types.Has(uint32(id)-1)
}

// FromType returns the context that a service of that type would run in:
// system_u:system_r where the policy lets the two have the type, else the first
// role and user that may, at the low level of the user's range. ok is false where no
// process can have the type: none runs in the role object_r.
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
	if user == nil || !mayHave(p, r, id) {
		return policy.Context{}, false
	}
	c := policy.Context{User: uint32(u), Role: uint32(r), Type: uint32(id)}
	if p.MLS() {
		c.Range = policy.Range{Low: user.Range.Low, High: user.Range.Low, Single: true}
	}
	return c, p.ValidateContext(c) == nil
}
