package policydb

import "slices"

// rules checks for the faults in rules that the kernel refuses: mostly that they are there
// twice.
func (v *validator) rules() {
	v.enter("avtab")
	v.uniqueRules()
	v.enter("conditionals")
	v.conditionals()
	v.enter("role_transitions")
	roles := make(map[RoleTransition]struct{}, len(v.p.RoleTransitions))
	for i, rt := range v.p.RoleTransitions {
		v.record = i
		rt.NewRole = 0
		rt.Class = v.class(rt.Class)
		once(v, roles, rt)
	}
	v.enter("filename_transitions")
	v.filenameTrans()
	v.enter("range_transitions")
	ranges := make(map[[3]uint32]struct{}, len(v.p.RangeTrans))
	for i := range v.p.RangeTrans {
		v.record = i
		rt := &v.p.RangeTrans[i]
		v.rangeBitmaps(rt.Range)
		v.levelSymbols(rt.Range)
		// Levels are looked at here even where the policy has no MLS.
		if v.err == nil && !v.validRange(rt.Range) {
			v.failf("the range is not valid")
		}
		once(v, ranges, [3]uint32{rt.Source, rt.Target, v.class(rt.Class)})
	}
}

// class returns the class of a transition, which old policies do not say.
func (v *validator) class(class uint32) uint32 {
	if class == 0 {
		return v.process
	}
	return class
}

func once[K comparable](v *validator, seen map[K]struct{}, key K) {
	if _, twice := seen[key]; twice {
		v.failf("a transition that is there twice")
	}
	seen[key] = struct{}{}
}

// identity returns the key of a rule without what may differ between two that
// the kernel takes for the same.
func (k AVKey) identity() AVKey { return k &^ (AVKey(AVEnabled|avJoined) << 48) }

// uniqueRules mirrors avtab_insert: all but extended permissions are unique.
func (v *validator) uniqueRules() {
	t := v.p.AVTab
	keys := make([]AVKey, 0, t.rules)
	for off := uint32(0); off < t.Size(); off = t.Next(off) {
		if key := t.Key(off); !key.Kind().IsXPerms() {
			keys = append(keys, key.identity())
		}
	}
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] {
			v.failf("two rules of kind %#x for the types %d and %d and class %d", keys[i].Kind(), keys[i].Source(),
				keys[i].Target(), keys[i].Class())
			return
		}
	}
}

// A condType is the state of the type rules with one key in conditionals.
type condType struct {
	rules int
	cond  int // the conditional of the first one
	first bool
}

// conditionals mirrors cond_insertf: a type rule may be there once in all of the
// policy, or once in each branch of one conditional.
func (v *validator) conditionals() {
	if !slices.ContainsFunc(v.p.Conditionals, func(c Cond) bool {
		return hasTypeRules(c.True) ||
			hasTypeRules(c.False)
	}) {
		return
	}
	always := make(map[AVKey]struct{})
	for off, r := range v.p.AVTab.All() {
		if r.Kind&AVType != 0 {
			always[v.p.AVTab.Key(off).identity()] = struct{}{}
		}
	}
	seen := make(map[AVKey]condType)
	for i := range v.p.Conditionals {
		v.record = i
		for _, branch := range []bool{true, false} {
			t := v.p.Conditionals[i].True
			if !branch {
				t = v.p.Conditionals[i].False
			}
			for off := uint32(0); off < t.Size(); off = t.Next(off) {
				key := t.Key(off).identity()
				if key.Kind()&AVType == 0 {
					continue
				}
				if _, also := always[key]; also {
					v.failf("a type rule that is there outside of conditionals too")
				}
				switch s := seen[key]; {
				case s.rules == 0:
					seen[key] = condType{1, i, branch}
				case s.rules == 1 && !branch && s.first && s.cond == i:
					seen[key] = condType{rules: 2}
				default:
					v.failf("a type rule that conflicts with another")
				}
			}
		}
	}
}

func hasTypeRules(t AVTab) bool {
	for off := uint32(0); off < t.Size(); off = t.Next(off) {
		if t.Key(off).Kind()&AVType != 0 {
			return true
		}
	}
	return false
}

// filenameTrans mirrors filename_trans_read: version 33 has each key once,
// while of older ones the first rule stands.
func (v *validator) filenameTrans() {
	t := v.p.FilenameTrans
	if !t.grouped || v.err != nil {
		return
	}
	type key struct {
		target, class uint32
		name          string
	}
	seen := make(map[key]struct{}, t.records)
	c := cursor{s: t.data}
	for i := range t.records {
		v.record = i
		var k key
		t.record(&c, func(f FilenameTrans) bool {
			k = key{f.Target, f.Class, cName(f.Name)}
			v.bitmap(f.Sources)
			return true
		})
		once(v, seen, k)
	}
}
