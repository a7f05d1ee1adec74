package semanage

import (
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A contextChecker answers questions about the contexts and users of a policy, about
// each distinct context once.
type contextChecker struct {
	names policyNames
	known map[string]bool
}

// newContextChecker returns a checker for a policy.
func newContextChecker(db *policydb.Policy) *contextChecker {
	return &contextChecker{policyNames{db: db}, map[string]bool{}}
}

// MLS reports whether the policy has levels.
func (c *contextChecker) MLS() bool { return c.names.db.MLS() }

// Valid reports whether a context is one of the policy, as sepol_context_check says.
func (c *contextChecker) Valid(text string) bool {
	ok, known := c.known[text]
	if !known {
		parsed, err := ParseContext(text)
		if err == nil {
			_, err = c.names.context(parsed)
		}
		ok = err == nil
		c.known[strings.Clone(text)] = ok
	}
	return ok
}

// Level returns the level that an SELinux user logs in with; "" where the policy has no
// such user or no MLS.
func (c *contextChecker) Level(user string) string {
	u := c.names.user(user)
	if u == nil || !c.MLS() {
		return ""
	}
	return c.names.levelText(u.DefaultLevel)
}

// HasRole reports whether an SELinux user has a role.
func (c *contextChecker) HasRole(user, role string) bool {
	u, r := c.names.user(user), c.names.role(role)
	return u != nil && r != nil && u.Roles.Has(r.Value-1)
}
