package policydb

// A RoleTransition is a role_transition rule.
type RoleTransition struct {
	Role, Type, NewRole uint32
	Class               uint32 // 0 before v26, where it is always the process class
}

// A RoleAllow is a role allow rule: Role may change to NewRole.
type RoleAllow struct {
	Role, NewRole uint32
}

func (d *decoder) roleTransitions() []RoleTransition {
	d.enter("role_transitions")
	roles := d.p.Roles.NPrim
	list := make([]RoleTransition, d.count(12))
	for i := range list {
		d.record = i
		rt := &list[i]
		rt.Role, rt.Type, rt.NewRole = d.u32(), d.u32(), d.u32()
		d.value("role", rt.Role, roles)
		d.value("type", rt.Type, d.p.Types.NPrim)
		d.value("new role", rt.NewRole, roles)
		if d.p.Version >= versionRoleTrans {
			rt.Class = d.u32()
			d.value("class", rt.Class, d.p.Classes.NPrim)
		}
		if d.err != nil {
			return nil
		}
	}
	return list
}

func (d *decoder) roleAllows() []RoleAllow {
	d.enter("role_allows")
	roles := d.p.Roles.NPrim
	list := make([]RoleAllow, d.count(8))
	for i := range list {
		d.record = i
		list[i] = RoleAllow{Role: d.u32(), NewRole: d.u32()}
		d.value("role", list[i].Role, roles)
		d.value("new role", list[i].NewRole, roles)
		if d.err != nil {
			return nil
		}
	}
	return list
}

func (e *encoder) roleTransitions() {
	e.count(len(e.p.RoleTransitions))
	for _, rt := range e.p.RoleTransitions {
		e.u32(rt.Role)
		e.u32(rt.Type)
		e.u32(rt.NewRole)
		if e.p.Version >= versionRoleTrans {
			e.u32(rt.Class)
		}
	}
}

func (e *encoder) roleAllows() {
	e.count(len(e.p.RoleAllows))
	for _, ra := range e.p.RoleAllows {
		e.u32(ra.Role)
		e.u32(ra.NewRole)
	}
}
