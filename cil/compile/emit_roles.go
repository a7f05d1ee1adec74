package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// emitRoleRules writes role transitions and role allows, the last first.
func (e *emitter) emitRoleRules() {
	type key struct{ role, typ, class uint32 }
	known := make(map[key]uint32)
	var list []policydb.RoleTransition
	for i := range e.roleRules {
		r := &e.roleRules[i]
		classes := e.expandClass(r.class)
		result := e.val[r.result]
		for role := range e.roleEval.member(r.src).all() {
			for typ := range e.typeSet(r.tgt).all() {
				for _, c := range classes {
					k := key{e.val[e.roles[role]], e.val[e.types[typ]], e.val[c]}
					if old, ok := known[k]; ok {
						if old != result {
							d := e.failStmt(r.stmt, "another roletransition of role %s by %s leads to another role",
								e.fqn(e.roles[role]), e.fqn(e.types[typ]))
							d.Kind = Conflict
						}
						continue
					}
					known[k] = result
					list = append(list, policydb.RoleTransition{Role: k.role, Type: k.typ, Class: k.class,
						NewRole: result})
				}
			}
		}
	}
	slices.Reverse(list)
	if e.pol.Version < 26 {
		// libsepol writes those of the process class only, and does not know it.
		list = nil
	}
	e.pol.RoleTransitions = list
	for i := range e.roleAllows {
		r := &e.roleAllows[i]
		for a := range e.roleEval.member(r.a).all() {
			for b := range e.roleEval.member(r.b).all() {
				e.pol.RoleAllows = append(e.pol.RoleAllows, policydb.RoleAllow{Role: e.val[e.roles[a]],
					NewRole: e.val[e.roles[b]]})
			}
		}
	}
	slices.Reverse(e.pol.RoleAllows)
}

// emitRangeRules writes range transitions, if the policy has levels.
func (e *emitter) emitRangeRules() {
	if !e.mls {
		return
	}
	type key struct{ src, tgt, class uint32 }
	known := make(map[key]policydb.Range)
	for i := range e.rangeRules {
		r := &e.rangeRules[i]
		classes := e.expandClass(r.class)
		levels := e.levelRange(r.levels)
		for s := range e.typeSet(r.src).all() {
			for t := range e.typeSet(r.tgt).all() {
				for _, c := range classes {
					k := key{e.val[e.types[s]], e.val[e.types[t]], e.val[c]}
					if old, ok := known[k]; ok {
						if old != levels {
							d := e.failStmt(r.stmt, "another rangetransition of %s by %s leads to another range",
								e.fqn(e.types[s]), e.fqn(e.types[t]))
							d.Kind = Conflict
						}
						continue
					}
					known[k] = levels
					e.pol.RangeTrans = append(e.pol.RangeTrans, policydb.RangeTransition{
						Source: k.src, Target: k.tgt, Class: k.class, Range: levels,
					})
				}
			}
		}
	}
}

// dropRanges leaves range transitions out of versions that have no class in
// them: libsepol writes those of the process class only, and does not know it.
func (e *emitter) dropRanges() {
	const versionRangeTrans = 21
	if e.pol.Version < versionRangeTrans {
		e.pol.RangeTrans = nil
	}
}

// emitDefaults writes where the parts of a new object's context come from.
func (e *emitter) emitDefaults() {
	for i := range e.defaults {
		r := &e.defaults[i]
		for _, id := range r.classes {
			for _, class := range e.expandClass(id) {
				c := &e.pol.Classes.Items[e.val[class]-1]
				field, name := &c.DefaultUser, "user"
				switch r.kind {
				case wDefaultRole:
					field, name = &c.DefaultRole, "role"
				case wDefaultType:
					field, name = &c.DefaultType, "type"
				case wDefaultRange:
					field, name = &c.DefaultRange, "range"
				}
				if *field != 0 && *field != r.value {
					e.failStmt(r.stmt, "the default %s of class %s is set already, to something else", name,
						e.fqn(class))
				}
				*field = r.value
			}
		}
	}
	const versionGLBLUB, glblub = 32, 7
	if e.pol.Version < versionGLBLUB {
		for i := range e.pol.Classes.Items {
			if c := &e.pol.Classes.Items[i]; c.DefaultRange == glblub {
				c.DefaultRange = 0
			}
		}
	}
}
