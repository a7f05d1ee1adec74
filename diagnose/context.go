package diagnose

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A recordContext is a context of a record as the policy has it, in parts.
type recordContext struct {
	policy.Context
	// changed says that a part was replaced, so that the question's context differs from the
	// record's. It does not count a range that the record does not have, or that the policy cannot
	// have: one of the two has no MLS.
	changed bool
	// level is the level of the record, if the policy has MLS and lacks it; else "".
	level string
}

// context finds a context of a record. If the policy has its type, but not all of its parts, the
// known parts stay, since constraints compare user, role and level. The other parts come from the
// usual context of such a process or object. ok is false if the policy lacks the type.
func (g *Diagnoser) context(text string, process bool) (c recordContext, ok bool) {
	text = g.plainLevels(text)
	if whole, err := g.p.ParseContext(text); err == nil {
		return recordContext{Context: whole}, true
	}
	user, rest, _ := strings.Cut(text, ":")
	role, rest, _ := strings.Cut(rest, ":")
	_, levels, hasRange := strings.Cut(rest, ":")
	id, ok := g.p.Type(audit.ContextType(text)) // the text may be only a type
	if !ok {
		return c, false
	}
	usual, ok := g.usual(id, role, process)
	if !ok {
		return c, false
	}
	u, hasUser := g.p.User(user)
	r, hasRole := g.p.Role(role)
	rng, rangeFound, rangeForeign := g.recordRange(levels, hasRange)
	if !rangeFound && hasRange && g.p.MLS() {
		c.level = levels
	}
	// The result with the fewest replaced parts is the best; of equal ones, the one that keeps the
	// user, then the one that keeps the role.
	for _, keep := range [...]struct{ user, role, levels bool }{
		{true, true, true}, {true, true, false}, {true, false, true}, {false, true, true}, {true, false, false},
		{false, true, false}, {false, false, true},
	} {
		if keep.user && !hasUser || keep.role && !hasRole || keep.levels && !rangeFound {
			continue
		}
		try := usual
		if keep.user {
			try.User = uint32(u)
		}
		if keep.role {
			try.Role = uint32(r)
		}
		switch {
		case keep.levels:
			try.Range = rng
		case keep.user && g.p.MLS():
			try.Range = g.lowest(policy.UserID(try.User), try.Role)
		}
		if g.p.ValidateContext(try) == nil {
			c.Context, c.changed = try, !keep.user || !keep.role || rangeForeign || rangeFound && !keep.levels
			return c, true
		}
	}
	c.Context, c.changed = usual, true
	return c, true
}

// usual returns the usual context of a process or an object with a type.
func (g *Diagnoser) usual(id policy.TypeID, role string, process bool) (policy.Context, bool) {
	if role == "object_r" || !process {
		if c, ok := g.object(id); ok && (role == "object_r" || !g.isDomain(id)) {
			return c, true
		}
	}
	if c, ok := subject.FromType(g.p, id); ok {
		return c, true
	}
	return g.object(id)
}

// isDomain reports whether a process may have a type. In refpolicy roles have file labels as well, and only processes
// have the attribute domain.
func (g *Diagnoser) isDomain(id policy.TypeID) bool {
	if a, ok := g.p.Attribute("domain"); ok && !g.p.Attributes(id).Has(a) {
		return false
	}
	_, ok := subject.FromType(g.p, id)
	return ok
}

// recordRange reads the range of a record. found is true if the policy has the range, or if the
// policy or the record has none: then the policy's lowest level replaces it. foreign says that the
// policy lacks some of its levels: s0-s15:c0.c1023 in a policy without such categories becomes s0.
func (g *Diagnoser) recordRange(text string, has bool) (r policy.Range, found, foreign bool) {
	if !g.p.MLS() {
		return policy.Range{}, true, false
	}
	if !has || text == "" {
		return policy.Range{}, false, false
	}
	if r, err := g.p.ParseRange(text); err == nil {
		return r, true, false
	}
	low, _, _ := strings.Cut(text, "-")
	level, err := g.p.ParseLevel(low)
	return policy.Range{Low: level, High: level, Single: true}, err == nil, true
}

// lowest returns the lowest level that a user may have in a role; the user's range does not limit
// objects.
func (g *Diagnoser) lowest(u policy.UserID, role uint32) policy.Range {
	level := policy.Level{Sens: 1}
	if info := g.p.UserInfo(u); info != nil && role != objectRole {
		level = info.Range.Low
	}
	return policy.Range{Low: level, High: level, Single: true}
}

// objectRole is the value of object_r, which the kernel and libsepol fix
// (OBJECT_R_VAL).
const objectRole = 1

// sameForm writes a context of a record in the form of the policy, with or without a range.
func (g *Diagnoser) sameForm(text string) string {
	user, rest, ok1 := strings.Cut(text, ":")
	role, rest, ok2 := strings.Cut(rest, ":")
	name, _, hasRange := strings.Cut(rest, ":")
	switch {
	case !ok1 || !ok2 || hasRange == g.p.MLS():
		return text
	case hasRange:
		return user + ":" + role + ":" + name
	}
	u, _ := g.p.User(user)
	r, _ := g.p.Role(role)
	return text + ":" + g.p.FormatRange(g.lowest(u, uint32(r)))
}
