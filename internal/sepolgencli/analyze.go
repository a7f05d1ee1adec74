package sepolgencli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A cause is the reason why a policy refuses an access, as libselinux's audit2why reports it.
type cause int

const (
	noClass cause = iota // the policy lacks the class; nothing is printed
	missingRule
	allowedNow
	silenced
	booleans
	constrained
	roleRefused
	boundsExceeded
)

// A setting is a value of a boolean that would allow an access.
type setting struct {
	name string
	on   bool
}

// A verdict is a cause with its details.
type verdict struct {
	cause    cause
	settings []setting
	// constraint is the text of the constraint that refuses the access. differ has the parts of the contexts that
	// differ, each as a pair of the source's and the target's.
	constraint string
	differ     [][2]string
}

// An analyzer asks a policy about records. Equal questions are asked once.
type analyzer struct {
	p     *policy.Policy
	d     *access.Decider
	known map[string]*answer
}

type answer struct {
	verdict
	valid bool
}

func newAnalyzer(p *policy.Policy) *analyzer {
	return &analyzer{p: p, d: access.NewDecider(p), known: map[string]*answer{}}
}

// analyze returns why the policy refuses the access of a record. valid is false if the policy lacks a context or a
// permission.
func (z *analyzer) analyze(a *record) (verdict, bool) {
	key := a.source.String() + " " + a.target.String() + " " + a.class + " " + strings.Join(a.perms, " ")
	known := z.known[key]
	if known == nil {
		known = &answer{}
		known.verdict, known.valid = z.ask(a)
		z.known[key] = known
	}
	return known.verdict, known.valid
}

func (z *analyzer) ask(a *record) (v verdict, valid bool) {
	source, err := z.p.ParseContext(a.source.String())
	if err != nil {
		return v, false
	}
	target, err := z.p.ParseContext(a.target.String())
	if err != nil {
		return v, false
	}
	class, ok := z.p.Class(a.class)
	if !ok {
		return v, true
	}
	var asked policy.AccessVector
	for _, name := range a.perms {
		bit, ok := z.p.Perm(class, name)
		if !ok {
			return v, false
		}
		asked |= bit
	}
	decision := z.d.Decide(source, target, class)
	if decision.Allowed&asked == asked {
		v.cause = allowedNow
		return v, true
	}
	var codes []access.Code
	var reasons []access.Reason
	for bit := policy.AccessVector(1); bit != 0; bit <<= 1 {
		if asked&bit != 0 && decision.Allowed&bit == 0 {
			r := z.d.Explain(source, target, class, bit)
			reasons, codes = append(reasons, r), append(codes, r.Code)
		}
	}
	switch {
	case slices.Contains(codes, access.NoRule), slices.Contains(codes, access.BoolOff):
		if v.settings = z.switches(source, target, class, asked, reasons); len(v.settings) > 0 {
			v.cause = booleans
		} else if v.cause = missingRule; asked&^decision.AuditDeny != 0 {
			v.cause = silenced
		}
	case slices.Contains(codes, access.Constrained):
		v.cause = constrained
		for i := range reasons {
			if reasons[i].Code == access.Constrained && v.constraint == "" {
				v.constraint = z.constraint(class, &reasons[i], source, target)
			}
		}
		v.differ = differences(a)
	case slices.Contains(codes, access.RoleRefused):
		v.cause = roleRefused
	case slices.Contains(codes, access.Bounded):
		v.cause = boundsExceeded
	}
	return v, true
}

// switches returns the booleans that each alone would allow the whole access, in the policy's order.
func (z *analyzer) switches(
	source, target policy.Context, class policy.ClassID, asked policy.AccessVector, reasons []access.Reason,
) (list []setting) {
	var found []policy.BoolSetting
	for i := range reasons {
		for _, s := range reasons[i].Switches {
			if len(s) != 1 || slices.Contains(found, s[0]) {
				continue
			}
			if access.NewDecider(z.p.WithBools(s...)).Decide(source, target, class).Allowed&asked == asked {
				found = append(found, s[0])
			}
		}
	}
	slices.SortFunc(found, func(a, b policy.BoolSetting) int { return int(a.Bool) - int(b.Bool) })
	for _, s := range found {
		list = append(list, setting{z.p.BoolName(s.Bool), s.On})
	}
	return list
}

// constraint writes a constraint that refuses an access.
func (z *analyzer) constraint(class policy.ClassID, r *access.Reason, source, target policy.Context) string {
	if len(r.Constraints) == 0 {
		return ""
	}
	c := r.Constraints[0]
	var perms []string
	for i, name := range z.p.Perms(class) {
		if c.Perms>>i&1 != 0 {
			perms = append(perms, name)
		}
	}
	e := z.d.ExplainConstraint(c, source, target)
	return "constrain " + z.p.ClassName(class) + " { " + strings.Join(perms, " ") + " } " + e.Expression()
}

// differences returns the parts of the contexts of a record that differ.
func differences(a *record) (list [][2]string) {
	add := func(what, source, target string) {
		list = append(list, [2]string{what + " (" + source + ")", what + " (" + target + ")"})
	}
	if a.source.user != a.target.user {
		add("user", a.source.user, a.target.user)
	}
	if a.source.role != a.target.role && a.target.role != "object_r" {
		add("role", a.source.role, a.target.role)
	}
	if a.source.level != a.target.level {
		add("level", a.source.level, a.target.level)
	}
	return list
}
