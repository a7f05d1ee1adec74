package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A Context is a security context with the values of its parts.
type Context = policydb.Context

// ErrBadContext is wrapped by the errors of [Policy.ParseContext] and
// [Policy.ValidateContext].
var ErrBadContext = errors.New("invalid context")

// ParseContext reads a context in its usual form, user:role:type or, with MLS,
// user:role:type:range, and checks it as [Policy.ValidateContext] does. It mirrors
// string_to_context_struct of security/selinux/ss/services.c: with MLS the range may be
// missing only if the kernel has a default, so here it is required.
func (t *tables) ParseContext(s string) (Context, error) {
	user, rest, ok1 := strings.Cut(s, ":")
	role, rest, ok2 := strings.Cut(rest, ":")
	typ, rng, hasRange := strings.Cut(rest, ":")
	if !ok1 || !ok2 {
		return Context{}, fmt.Errorf("%w %q: not of the form user:role:type[:range]", ErrBadContext, s)
	}
	var c Context
	u, ok := t.User(user)
	if !ok {
		return Context{}, fmt.Errorf("%w %q: no user %q", ErrBadContext, s, user)
	}
	r, ok := t.Role(role)
	if !ok {
		return Context{}, fmt.Errorf("%w %q: no role %q", ErrBadContext, s, role)
	}
	ty, ok := t.Type(typ)
	if !ok {
		return Context{}, fmt.Errorf("%w %q: no type %q", ErrBadContext, s, typ)
	}
	c.User, c.Role, c.Type = uint32(u), uint32(r), uint32(ty)
	switch {
	case t.MLS() && !hasRange:
		return Context{}, fmt.Errorf("%w %q: this policy has MLS, and the range is missing", ErrBadContext, s)
	case !t.MLS() && hasRange:
		return Context{}, fmt.Errorf("%w %q: this policy has no MLS, so no range", ErrBadContext, s)
	case hasRange:
		parsed, err := t.ParseRange(rng)
		if err != nil {
			return Context{}, fmt.Errorf("%w %q: %w", ErrBadContext, s, err)
		}
		c.Range = parsed
	}
	if err := t.ValidateContext(c); err != nil {
		return Context{}, err
	}
	return c, nil
}

// objectRole is the value of object_r, the role of everything that is not a
// process. The kernel and libsepol fix it (OBJECT_R_VAL).
const objectRole = 1

// ValidateContext checks that the combination of user, role and type is allowed and that
// the range is within the user's. It mirrors policydb_context_isvalid and
// mls_context_isvalid.
func (t *tables) ValidateContext(c Context) error {
	if t.UserInfo(UserID(c.User)) == nil || t.RoleInfo(RoleID(c.Role)) == nil ||
		t.IsAttribute(TypeID(c.Type)) {
		return fmt.Errorf("%w: it names a user, role or type that does not exist", ErrBadContext)
	}
	role, user := t.RoleInfo(RoleID(c.Role)), t.UserInfo(UserID(c.User))
	if c.Role != objectRole {
		if !role.Types.Has(c.Type - 1) {
			return fmt.Errorf("%w %q: role %s may not have type %s", ErrBadContext,
				t.FormatContext(c), role.Name, t.TypeName(TypeID(c.Type)))
		}
		if !user.Roles.Has(c.Role - 1) {
			return fmt.Errorf("%w %q: user %s may not have role %s", ErrBadContext,
				t.FormatContext(c), user.Name, role.Name)
		}
	}
	if !t.MLS() {
		return nil
	}
	if !t.validLevel(c.Range.Low) || !t.validLevel(c.Range.High) || !Dominates(c.Range.High, c.Range.Low) {
		return fmt.Errorf("%w: range %s is not valid", ErrBadContext, t.FormatRange(c.Range))
	}
	if c.Role != objectRole && !rangeContains(user.Range, c.Range) {
		return fmt.Errorf("%w %q: the range is outside of user %s's %s", ErrBadContext,
			t.FormatContext(c), user.Name, t.FormatRange(user.Range))
	}
	return nil
}

// FormatContext writes a context in its usual form.
func (t *tables) FormatContext(c Context) string {
	s := t.UserName(UserID(c.User)) + ":" + t.RoleName(RoleID(c.Role)) + ":" + t.TypeName(TypeID(c.Type))
	if t.MLS() {
		s += ":" + t.FormatRange(c.Range)
	}
	return s
}
