package setools

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/query"
)

// setoolsTexts write statements as SETools does.
type setoolsTexts struct{}

// Context writes a context.
func (setoolsTexts) Context(p *policy.Policy, c *policydb.Context) string {
	return string(appendInfoContext(nil, p, c))
}

// Level writes a level.
func (setoolsTexts) Level(p *policy.Policy, l *policydb.Level) string {
	return string(appendInfoLevel(nil, p, l))
}

// Range writes a range.
func (setoolsTexts) Range(p *policy.Policy, r *policydb.Range) string {
	return string(appendInfoRange(nil, p, r))
}

// Constraint writes a constraint.
func (setoolsTexts) Constraint(p *policy.Policy, c *query.Constraint) string {
	return string(appendConstraint(nil, p, c))
}

// InitialSID writes the name of an initial SID.
func (setoolsTexts) InitialSID(p *policy.Policy, sid uint32) string {
	return infoSIDName(p.DB().Target, sid)
}

// Addr writes an address, as Python's ipaddress does.
func (setoolsTexts) Addr(a netip.Addr) string { return pythonAddr(a) }

// part compares the statements of a part. modified makes the line of a statement that both policies have. SETools
// orders those lines by the statements of the first policy.
func (d *differ) part(part policydiff.Part, modified func(c *policydiff.StatementChange) string) delta {
	var x delta
	lines := make(map[string]string)
	for _, c := range policydiff.Statements(d.p[0], d.p[1], part, setoolsTexts{}) {
		switch {
		case c.Before == nil:
			x.added = append(x.added, c.After.Text)
		case c.After == nil:
			x.removed = append(x.removed, c.Before.Text)
		default:
			lines[c.Before.Text] = modified(&c)
		}
	}
	x.sort(lines)
	return x
}

// labels compares statements that end in a context.
func (d *differ) labels(part policydiff.Part, end string) delta {
	return d.part(part, func(c *policydiff.StatementChange) string {
		return strings.TrimPrefix(c.Key, "sid ") + signed(c.After.Values[0], c.Before.Values[0]) + end
	})
}

// signed writes the two values of something that differs, in brackets.
func signed(is, was string) string { return " +[" + is + "] -[" + was + "]" }

// memberDelta compares symbols that are sets of names.
func (d *differ) memberDelta(part policydiff.Part, what, head string) delta {
	return d.part(part, func(c *policydiff.StatementChange) string {
		return c.Key + memberLines(c.Before.Names, c.After.Names, what, head)
	})
}

func (d *differ) commons() delta { return d.memberDelta(policydiff.Commons, "permissions", "") }

func (d *differ) classes() delta { return d.memberDelta(policydiff.Classes, "permissions", "") }

func (d *differ) roles() delta { return d.memberDelta(policydiff.Roles, "types", "") }

func (d *differ) categories() delta {
	x := d.memberDelta(policydiff.Categories, "Aliases", "Aliases:")
	slices.SortStableFunc(x.removed, func(a, b string) int { return d.compareCategories(0, a, b) })
	slices.SortStableFunc(x.added, func(a, b string) int { return d.compareCategories(1, a, b) })
	slices.SortStableFunc(x.modified, func(a, b string) int {
		return d.compareCategories(0, firstWord(a), firstWord(b))
	})
	return x
}

func (d *differ) sensitivities() delta {
	x := d.memberDelta(policydiff.Sensitivities, "Aliases", "Aliases:")
	d.byDominance(&x)
	return x
}

func (d *differ) levels() delta {
	x := d.part(policydiff.Levels, func(c *policydiff.StatementChange) string {
		s := newSetDelta(c.Before.Names, c.After.Names)
		slices.SortStableFunc(s.removed, func(a, b string) int { return d.compareCategories(0, a, b) })
		slices.SortStableFunc(s.added, func(a, b string) int { return d.compareCategories(1, a, b) })
		return c.Key + " (" + strings.Join(s.counts("Categories"), ", ") + ")" + s.lines()
	})
	d.byDominance(&x)
	return x
}

func (d *differ) users() delta {
	return d.part(policydiff.Users, func(c *policydiff.StatementChange) string {
		roles := newSetDelta(c.Before.Names, c.After.Names)
		what, text := roles.counts("roles"), subBlock("Roles:", &roles)
		was, is := c.Before.Values, c.After.Values
		if c.Differs(0) {
			what = append(what, "Modified default level")
			text += "\n          Default level:" + pair(was[0], is[0])
		}
		if c.Differs(1) {
			what = append(what, "Modified range")
			text += "\n          Range:" + pair(was[1], is[1])
		}
		return c.Key + " (" + strings.Join(what, ", ") + ")" + text
	})
}

func (d *differ) netifcons() delta {
	return d.part(policydiff.Netifs, func(c *policydiff.StatementChange) string {
		var what []string
		text := ""
		for i, title := range []string{"Context", "Packet Context"} {
			if was, is := c.Before.Values[i], c.After.Values[i]; c.Differs(i) {
				what = append(what, "Modified "+title)
				text += "\n          " + title + ":\n             + " + is + "\n             - " + was
			}
		}
		return strings.TrimPrefix(c.Key, "netifcon ") + " (" + strings.Join(what, ", ") + ")" + text
	})
}

func (d *differ) defaults() delta {
	return d.part(policydiff.Defaults, func(c *policydiff.StatementChange) string {
		was, is := c.Before.Values, c.After.Values
		line := c.Key + " " + was[0]
		if is[0] != was[0] {
			line = c.Key + " +" + is[0] + " -" + was[0]
		}
		switch {
		case is[1] != was[1] && was[1] != "":
			line += " +" + is[1] + " -" + was[1]
		case is[1] != "":
			line += " " + is[1]
		}
		return line + ";"
	})
}

func (d *differ) typebounds() delta {
	return d.part(policydiff.TypeBounds, func(c *policydiff.StatementChange) string {
		return "typebounds +" + c.After.Values[0] + " -" + c.Before.Values[0] + " " + c.Key + ";"
	})
}

func (d *differ) roleAllows() delta { return d.part(policydiff.RoleAllows, nil) }

func (d *differ) roleTransitions() delta {
	return d.part(policydiff.RoleTransitions, func(c *policydiff.StatementChange) string {
		return c.Key + " +" + c.After.Values[0] + " -" + c.Before.Values[0]
	})
}

func (d *differ) rangeTransitions() delta { return d.labels(policydiff.RangeTransitions, "") }
