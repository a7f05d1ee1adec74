package setools

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

func (in *inspector) roles(value string) (block, error) {
	b := in.roleBlock(query.RoleQuery{Name: query.Match{Text: value}})
	b.value, b.names = value, namesOf(in.p.Roles(), in.p.RoleName)
	return b, nil
}

// roleTypes answers --role_types of newer releases: the roles that may have the type of that name. It does not look
// up aliases.
func (in *inspector) roleTypes(value string) (block, error) {
	b := in.roleBlock(query.RoleQuery{Types: query.SetMatch{Names: []string{value}}})
	b.value, b.names = value, namesOf(in.p.Types(), in.p.TypeName)
	return b, nil
}

func (in *inspector) roleBlock(q query.RoleQuery) block {
	list := func() []named[policy.RoleID] { return byName(query.Roles(in.p, q), in.p.RoleName) }
	return block{
		title: "Roles",
		text: func(l *listing) {
			for _, r := range list() {
				if !in.args.Expand {
					l.line(r.name)
					continue
				}
				l.buf = append(append(append(l.buf, "role "...), r.name...), " types "...)
				l.buf = appendSet(l.buf, in.typesByName().sorted(query.RoleTypes(in.p, r.id)))
				l.line(";")
			}
		},
		fill: func(d *InfoDocument) {
			roles := []InfoRole{}
			for _, r := range list() {
				types := slices.Clone(in.typesByName().sorted(query.RoleTypes(in.p, r.id)))
				roles = append(roles, InfoRole{Name: r.name, Types: types})
			}
			if q.Name == (query.Match{}) && len(q.Types.Names) > 0 {
				d.RoleTypes = roles
			} else {
				d.Roles = roles
			}
		},
	}
}

func (in *inspector) users(value string) (block, error) {
	list := func() []named[policy.UserID] {
		return byName(query.Users(in.p, query.UserQuery{Name: query.Match{Text: value}}), in.p.UserName)
	}
	roles := func(id policy.UserID) []string { return slices.Sorted(slices.Values(query.UserRoles(in.p, id))) }
	return block{
		title: "Users",
		text: func(l *listing) {
			for _, u := range list() {
				if !in.args.Expand {
					l.line(u.name)
					continue
				}
				l.buf = append(append(append(l.buf, "user "...), u.name...), " roles "...)
				l.buf = appendSet(l.buf, roles(u.id))
				if in.p.MLS() {
					info := in.p.UserInfo(u.id)
					l.buf = appendInfoLevel(append(l.buf, " level "...), in.p, &info.DefaultLevel)
					l.buf = appendInfoRange(append(l.buf, " range "...), in.p, &info.Range)
				}
				l.line(";")
			}
		},
		fill: func(d *InfoDocument) {
			d.Users = []InfoUser{}
			for _, u := range list() {
				j := InfoUser{Name: u.name, Roles: append([]string{}, roles(u.id)...)}
				if in.p.MLS() {
					info := in.p.UserInfo(u.id)
					j.Level, j.Range = in.p.FormatLevel(info.DefaultLevel), in.p.FormatRange(info.Range)
				}
				d.Users = append(d.Users, j)
			}
		},
		value: value, names: namesOf(in.p.Users(), in.p.UserName),
	}, nil
}
