package setools

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// ownPerms returns the names of permissions in order.
func ownPerms(perms []policydb.Perm) []string {
	names := make([]string, len(perms))
	for i := range perms {
		names[i] = perms[i].Name
	}
	slices.Sort(names)
	return names
}

// appendPermBlock appends permissions as a class declaration has them, one a line.
func appendPermBlock(b []byte, perms []string) []byte {
	return append(appendJoined(append(b, "{\n\t"...), perms, "\n\t"), "\n}"...)
}

func (in *inspector) classes(value string) (block, error) {
	list := func() []named[policy.ClassID] {
		return byName(query.Classes(in.p, query.ClassQuery{Name: query.Match{Text: value}}), in.p.ClassName)
	}
	return block{
		title: "Classes",
		text: func(l *listing) {
			for _, c := range list() {
				if !in.args.Expand {
					l.line(c.name)
					continue
				}
				info := in.p.ClassInfo(c.id)
				l.buf = append(append(append(l.buf, "class "...), c.name...), '\n')
				if info.Common != "" {
					l.buf = append(append(append(l.buf, "inherits "...), info.Common...), '\n')
				}
				if len(info.Perms) > 0 {
					l.buf = appendPermBlock(l.buf, ownPerms(info.Perms))
				}
				l.end()
			}
		},
		fill: func(d *InfoDocument) {
			d.Classes = []InfoClass{}
			for _, c := range list() {
				info := in.p.ClassInfo(c.id)
				d.Classes = append(d.Classes, InfoClass{Name: c.name, Common: info.Common,
					Permissions: ownPerms(info.Perms)})
			}
		},
		value: value, names: namesOf(in.p.Classes(), in.p.ClassName),
	}, nil
}

func (in *inspector) commons(value string) (block, error) {
	name := func(c *policydb.Common) string { return c.Name }
	list := func() []named[*policydb.Common] {
		return byName(query.Commons(in.p, query.CommonQuery{Name: query.Match{Text: value}}), name)
	}
	return block{
		title: "Commons",
		text: func(l *listing) {
			for _, c := range list() {
				if !in.args.Expand {
					l.line(c.name)
					continue
				}
				l.buf = append(append(append(l.buf, "common "...), c.name...), '\n')
				l.buf = appendPermBlock(l.buf, ownPerms(c.id.Perms))
				l.end()
			}
		},
		fill: func(d *InfoDocument) {
			d.Commons = []InfoClass{}
			for _, c := range list() {
				d.Commons = append(d.Commons, InfoClass{Name: c.name, Permissions: ownPerms(c.id.Perms)})
			}
		},
		value: value, names: namesOf(query.Commons(in.p, query.CommonQuery{}), name),
	}, nil
}

// checkClass returns SETools' error for a class that is not in the policy. SETools looks up names of classes, but
// not those of other components.
func (in *inspector) checkClass(name string) error {
	if _, ok := in.p.Class(name); name != "" && !ok {
		in.hint(name, namesOf(in.p.Classes(), in.p.ClassName))
		return failure(name + " is not a valid class")
	}
	return nil
}

func (in *inspector) constraints(value string) (block, error) {
	return in.constraintBlock("Constraints", value, query.Constrain|query.MLSConstrain)
}

func (in *inspector) validatetrans(value string) (block, error) {
	return in.constraintBlock("Validatetrans", value, query.Validatetrans|query.MLSValidatetrans)
}

func (in *inspector) constraintBlock(title, value string, kinds query.ConstraintKind) (block, error) {
	if err := in.checkClass(value); err != nil {
		return block{}, err
	}
	found := query.Constraints(in.p, query.ConstraintQuery{Kinds: kinds, Class: query.Match{Text: value}})
	return block{
		title: title,
		text: func(l *listing) {
			for c := range found {
				l.buf = appendConstraint(l.buf, in.p, &c)
				l.end()
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			list := []InfoConstraint{}
			for c := range found {
				perms := slices.Sorted(slices.Values(c.Perms))
				list = append(list, InfoConstraint{
					Kind: c.Kind.String(), Class: in.p.ClassName(c.Class), Permissions: perms,
					Expression: string(appendConstraintExpr(nil, in.p, c.Expr)),
				})
			}
			sortJSON(list, func(c *InfoConstraint) string { return c.Kind + " " + c.Class + " " + c.Expression })
			if kinds&query.Constrain != 0 {
				d.Constraints = list
			} else {
				d.Validatetrans = list
			}
		},
	}, nil
}

func (in *inspector) defaults(value string) (block, error) {
	if err := in.checkClass(value); err != nil {
		return block{}, err
	}
	found := query.Defaults(in.p, query.DefaultQuery{Class: query.Match{Text: value}})
	return block{
		title: "Default rules",
		text: func(l *listing) {
			for d := range found {
				levels := d.Levels
				if levels != "" {
					levels = " " + levels
				}
				l.line(d.Kind.String(), " ", in.p.ClassName(d.Class), " ", d.From, levels, ";")
			}
			l.sort()
		},
		fill: func(doc *InfoDocument) {
			doc.Defaults = []InfoDefault{}
			for d := range found {
				doc.Defaults = append(doc.Defaults, InfoDefault{
					Kind: d.Kind.String(), Class: in.p.ClassName(d.Class), From: d.From, Levels: d.Levels})
			}
			sortJSON(doc.Defaults, func(d *InfoDefault) string { return d.Kind + " " + d.Class })
		},
	}, nil
}
