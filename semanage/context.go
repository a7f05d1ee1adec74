package semanage

import (
	"fmt"
	"strings"
)

// A Context is a security context as text. Local records hold what was written,
// which need not be how the policy would print it.
type Context struct {
	User, Role, Type string
	Range            string // "" in a policy without MLS
}

// ParseContext reads a context as sepol_context_from_string does: everything
// after the third colon is the range.
func ParseContext(s string) (Context, error) {
	if s == "<<none>>" {
		return Context{}, fmt.Errorf("%w: %s", ErrContext, s)
	}
	parts := strings.SplitN(s, ":", 4)
	if len(parts) < 3 {
		return Context{}, fmt.Errorf("%w: %q", ErrContext, s)
	}
	c := Context{User: parts[0], Role: parts[1], Type: parts[2]}
	if len(parts) == 4 {
		if parts[3] == "" {
			return Context{}, fmt.Errorf("%w: empty range: %q", ErrContext, s)
		}
		c.Range = parts[3]
	}
	return c, nil
}

func (c Context) String() string {
	if c.Range == "" {
		return c.User + ":" + c.Role + ":" + c.Type
	}
	return c.User + ":" + c.Role + ":" + c.Type + ":" + c.Range
}
