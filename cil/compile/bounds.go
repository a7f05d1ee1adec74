package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// checkTypeBounds reports what bounded types may do that the types that bound
// them may not. It mirrors bounds_check_type.
func (e *emitter) checkTypeBounds() {
	var b *bounder
	for _, id := range e.types {
		if parent := e.data[id].bounds; parent != 0 {
			if b == nil {
				b = e.newBounder()
			}
			b.check(id, parent)
		}
	}
}

// A bounder checks the bounds of types.
type bounder struct {
	*emitter
	uncond []boundRule
	conds  [][2][]boundRule
}

// A boundRule is a rule in the table or in a branch of a conditional, with the
// statement that it comes from.
type boundRule struct {
	key  policydb.AVKey
	data uint32
	stmt stmtID
}

func (e *emitter) newBounder() *bounder {
	b := &bounder{emitter: e}
	for i := range e.raw {
		if r := &e.raw[i]; r.key.Kind() == policydb.AVAllowed {
			b.uncond = append(b.uncond, boundRule{r.key, r.data, r.stmt})
		}
	}
	for i := range e.pol.Conditionals {
		var branches [2][]boundRule
		for n, t := range [2]policydb.AVTab{e.pol.Conditionals[i].True, e.pol.Conditionals[i].False} {
			at := 0
			for off, r := range t.All() {
				data := r.Data
				if r.Kind.IsXPerms() {
					data = e.extended(r.Class, t.XPerms(off).Specified)
				}
				branches[n] = append(branches[n], boundRule{t.Key(off), data, e.condOrigins[i][n][at]})
				at++
			}
		}
		b.conds = append(b.conds, branches)
	}
	return b
}

// extended returns the access vector of the permission that extended permissions
// of a class extend: libsepol keeps it as if it were that of the rule.
func (e *emitter) extended(class uint16, kind policydb.XPermsKind) uint32 {
	name := symID(wIoctl)
	if kind == policydb.XPermsNlmsg {
		name = wNlmsg
	}
	bit, _ := e.permBit(&e.classes[e.data[e.classOf[class]].ext], name)
	return 1 << bit
}

// A given holds the rights of the parent: by target and class.
type given map[policydb.AVKey]uint32

// typesOf returns the types of a value: its own, or an attribute's members.
func (b *bounder) typesOf(v uint16) bitset { return b.typeSet(b.typeOf[v]) }

// expand adds what rules give to the parent. other and global are those of
// bounds_insert_rule: what both branches of a conditional give is given always.
func (b *bounder) expand(rules []boundRule, parent datumID, into, other, global given) {
	n := b.data[parent].value
	for _, r := range rules {
		if !b.typesOf(r.key.Source()).has(n) {
			continue
		}
		for t := range b.typesOf(r.key.Target()).all() {
			key := policydb.NewAVKey(0, uint16(b.val[b.types[t]]), r.key.Class(), 0)
			into[key] |= r.data
			if both := other[key] & r.data; both != 0 {
				global[key] |= both
			}
		}
	}
}

func (b *bounder) check(child, parent datumID) {
	global := make(given)
	b.expand(b.uncond, parent, global, nil, nil)
	conds := make([][2]given, len(b.conds))
	for i := range b.conds {
		conds[i] = [2]given{make(given), make(given)}
		b.expand(b.conds[i][0], parent, conds[i][0], nil, nil)
		b.expand(b.conds[i][1], parent, conds[i][1], conds[i][0], global)
	}
	bad := b.exceeding(b.uncond, child, global, nil)
	for i := range b.conds {
		for n := range b.conds[i] {
			bad = append(bad, b.exceeding(b.conds[i][n], child, conds[i][n], global)...)
		}
	}
	if len(bad) == 0 {
		return
	}
	d := b.failStmt(b.data[child].first, "type %s may do more than %s, which bounds it", b.fqn(child), b.fqn(parent))
	slices.Sort(bad)
	var notes []Note
	for _, s := range slices.Compact(bad) {
		notes = append(notes, b.noteAt(s, "by "+b.text(s)))
	}
	d.Notes = append(notes, d.Notes...)
}

// exceeding returns the statements of the rules that give the child rights which the parent does
// not have. A bounded target stands for the type that bounds it.
func (b *bounder) exceeding(rules []boundRule, child datumID, covered, also given) []stmtID {
	var bad []stmtID
	n := b.data[child].value
	for _, r := range rules {
		if r.key.Kind()&policydb.AVAllowed == 0 || !b.typesOf(r.key.Source()).has(n) {
			continue
		}
		for t := range b.typesOf(r.key.Target()).all() {
			id := b.types[t]
			if bounds := b.data[id].bounds; bounds != 0 {
				id = bounds
			}
			key := policydb.NewAVKey(0, uint16(b.val[id]), r.key.Class(), 0)
			if r.data&^covered[key]&^also[key] != 0 {
				bad = append(bad, r.stmt)
				break
			}
		}
	}
	return bad
}
