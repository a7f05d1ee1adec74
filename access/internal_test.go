package access

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// manyClasses returns a policy with more classes than a row's mask has bits,
// attributes, some types among the attributes of others, and random rules.
func manyClasses(rng *rand.Rand, types, attributes, classes, rules int) *policydb.Policy {
	db := &policydb.Policy{Version: 33}
	for i := range types + attributes {
		t := policydb.Type{Name: fmt.Sprintf("n%d", i+1), Value: uint32(i + 1), Properties: policydb.TypePrimary}
		if i >= types {
			t.Properties |= policydb.TypeAttribute
		}
		db.Types.Items = append(db.Types.Items, t)
		set := []uint32{uint32(i)}
		for range rng.IntN(6) {
			if i < types {
				set = append(set, uint32(types+rng.IntN(attributes)))
			}
			if rng.IntN(20) == 0 {
				set = append(set, uint32(rng.IntN(types)))
			}
		}
		m := policydb.Bitmap{}
		for _, bit := range set {
			m = m.With(bit)
		}
		db.TypeAttrMap = append(db.TypeAttrMap, m)
	}
	db.Types.NPrim = uint32(types + attributes)
	for i := range classes {
		db.Classes.Items = append(db.Classes.Items, policydb.Class{
			Name: fmt.Sprintf("c%d", i+1), Value: uint32(i + 1), PermNPrim: 4,
			Perms: []policydb.Perm{{Name: "a", Value: 1}, {Name: "b", Value: 2}, {Name: "c", Value: 3},
				{Name: "d", Value: 4}},
		})
	}
	db.Classes.NPrim = uint32(classes)
	for range rules {
		if err := db.AddAllow(1+rng.Uint32N(db.Types.NPrim), 1+rng.Uint32N(db.Types.NPrim),
			1+rng.Uint32N(uint32(classes)), 1+rng.Uint32N(15)); err != nil {
			panic(err)
		}
	}
	return db
}

// byScan is type enforcement as the kernel does it: every attribute of the one
// with every attribute of the other.
func byScan(p *policy.Policy, source, target policy.TypeID, class policy.ClassID) teDecision {
	te := teDecision{auditDeny: ^policy.AccessVector(0)}
	sources, targets := p.Attributes(source), p.Attributes(target)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.AccessRules}) {
		if r.Class == class && sources.Has(r.Source) && targets.Has(r.Target) && p.Enabled(r) {
			te.add(r.Kind, policy.AccessVector(r.Data))
		}
	}
	return te
}

// TestIndexShapes asks an index about policies that no distribution ships: more
// classes than 256, types among the attributes of others, no bitmaps because
// they would be too large, rows thrown away and built again.
func TestIndexShapes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, tt := range []struct {
		name                              string
		types, attributes, classes, rules int
	}{
		{"few classes", 60, 10, 3, 400},
		{"many classes", 40, 6, 700, 3000},
		{"many attributes", 50, 300, 5, 2000},
		{"no rules", 5, 1, 2, 0},
	} {
		db := manyClasses(rng, tt.types, tt.attributes, tt.classes, tt.rules)
		p := policy.New(db)
		for _, variant := range []string{"bitmaps", "no bitmaps", "small rows", "few classes"} {
			x := newIndex(p, nil)
			if variant == "few classes" { // others are added when they are asked for, then all
				x = newIndex(p, []policy.ClassID{1, 2})
			}
			if variant == "no bitmaps" {
				x.attrBitmap = nil
			}
			granted := 0
			for range 1500 {
				s, o := policy.TypeID(1+rng.IntN(tt.types)), policy.TypeID(1+rng.IntN(tt.types))
				class := policy.ClassID(1 + rng.IntN(tt.classes))
				if variant == "small rows" {
					x.rowSize = maxRowSize + rng.IntN(2)
				}
				want := byScan(p, s, o, class)
				if want.allowed != 0 {
					granted++
				}
				if got := x.decide(s, o, class); got != want {
					t.Fatalf("%s, %s: %d %d %d: got %x, want %x", tt.name, variant, s, o, class, got, want)
				}
				set := policy.NewSet(p.MaxType())
				x.addTargets(set, s, class, 3)
				if set.Has(o) != (want.allowed&3 != 0) && p.Members(o).Has(o) && !types(db, o) {
					t.Fatalf("%s, %s: %d %d %d: target %v", tt.name, variant, s, o, class, set.Has(o))
				}
			}
			if granted == 0 && tt.rules > 0 {
				t.Errorf("%s: nothing granted", tt.name)
			}
		}
	}
}

// types reports whether a type has another type among its attributes, which only
// a malformed policy has: there Members does not know of it.
func types(db *policydb.Policy, id policy.TypeID) bool {
	for bit := range db.TypeAttrMap[id-1].All() {
		if bit != uint32(id-1) && !db.Types.Items[bit].IsAttribute() {
			return true
		}
	}
	return false
}

// TestOutOfRange asks about ids that nothing has.
func TestOutOfRange(t *testing.T) {
	p := policy.New(manyClasses(rand.New(rand.NewPCG(1, 1)), 10, 3, 4, 50))
	warm := NewDecider(p)
	warm.warm()
	for _, d := range []*Decider{NewDecider(p), warm} {
		for _, id := range []uint32{0, 14, 15, 1 << 16, 1<<32 - 1} {
			c := policy.Context{User: id, Role: id, Type: id}
			for _, class := range []policy.ClassID{0, 1, 5, 256, 1 << 16, 1<<32 - 1} {
				if dec := d.Decide(c, c, class); dec != (Decision{AuditDeny: ^policy.AccessVector(0)}) {
					t.Errorf("%d %d: %+v", id, class, dec)
				}
				d.Explain(c, c, class, 1)
				d.TargetTypes(policy.TypeID(id), class, 1)
				d.OnlyTypes(policy.TypeID(id), class, 1)
				d.DecideXPerm(c, c, p.ClassName(class), Ioctl, 1)
			}
			if _, err := d.NewObject(c, c, "c1", "x"); err == nil {
				t.Errorf("%d: a label for contexts that do not exist", id)
			}
		}
	}
}

// randomExpr returns a postfix expression no deeper than the kernel allows.
func randomExpr(rng *rand.Rand, p *policy.Policy, n int) []policydb.ConstraintNode {
	var expr []policydb.ConstraintNode
	depth := 0
	attrs := []uint32{policydb.AttrUser, policydb.AttrRole, policydb.AttrType, policydb.AttrL1L2, policydb.AttrL1H2,
		policydb.AttrH1L2, policydb.AttrH1H2, policydb.AttrL1H1, policydb.AttrL2H2}
	for len(expr) < n || depth != 1 {
		switch {
		case depth > 0 && rng.IntN(4) == 0:
			expr = append(expr, policydb.ConstraintNode{Kind: policydb.ConstraintNot})
		case depth > 1 && (depth == 5 || len(expr) >= n || rng.IntN(2) == 0):
			expr = append(expr, policydb.ConstraintNode{Kind: policydb.ConstraintAnd +
				policydb.ConstraintKind(rng.IntN(2))})
			depth--
		case rng.IntN(2) == 0:
			node := policydb.ConstraintNode{Kind: policydb.ConstraintNames, Op: 1 + rng.Uint32N(2),
				Attr: 1 << rng.Uint32N(3)}
			if rng.IntN(2) == 0 {
				node.Attr |= policydb.AttrTarget
			}
			for range rng.IntN(4) {
				node.Names = node.Names.With(rng.Uint32N(uint32(p.MaxType())))
			}
			expr, depth = append(expr, node), depth+1
		default:
			node := policydb.ConstraintNode{Kind: policydb.ConstraintAttr, Attr: attrs[rng.IntN(len(attrs))],
				Op: 1 + rng.Uint32N(5)}
			if node.Attr&(policydb.AttrUser|policydb.AttrType) != 0 && rng.IntN(50) > 0 {
				node.Op = 1 + rng.Uint32N(2) // else one of the rare elements the kernel stops at
			}
			expr, depth = append(expr, node), depth+1
		}
	}
	return expr
}

// TestPrograms compares compiled constraints with the evaluation of the postfix
// expression, element by element, and with the tree that explains it.
func TestPrograms(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	db := manyClasses(rng, 70, 3, 1, 0)
	db.Roles.NPrim = 3
	for i := range uint32(3) {
		role := policydb.Role{Name: fmt.Sprint("r", i), Value: i + 1}
		for range rng.IntN(3) {
			role.Dominates = role.Dominates.With(rng.Uint32N(3))
		}
		db.Roles.Items = append(db.Roles.Items, role)
	}
	level := func() policy.Level {
		l := policy.Level{Sens: 1 + rng.Uint32N(2)}
		for range rng.IntN(3) {
			l.Cats = l.Cats.With([]uint32{0, 1, 63, 64, 1023, 1024, 5000}[rng.IntN(7)])
		}
		return l
	}
	context := func() *policy.Context {
		return &policy.Context{User: 1 + rng.Uint32N(3), Role: 1 + rng.Uint32N(3), Type: 1 + rng.Uint32N(70),
			Range: policy.Range{Low: level(), High: level()}}
	}
	held, undefined := 0, 0
	for range 3000 {
		c := policydb.Constraint{Perms: 1, Expr: randomExpr(rng, policy.New(db), 1+rng.IntN(40))}
		db.Classes.Items[0].Constraints = []policydb.Constraint{c}
		p := policy.New(db)
		g := newPrograms(p)
		d := NewDecider(p)
		for range 10 {
			s, o := context(), context()
			want := evaluate(p, c.Expr, s, o)
			if got := g.constrain(p, s, o, 1, 3) == 3; got != want {
				t.Fatalf("%+v %+v %+v: compiled %v, element by element %v", c.Expr, s, o, got, want)
			}
			r := d.ExplainConstraint(&db.Classes.Items[0].Constraints[0], *s, *o)
			if r.Holds != want {
				t.Fatalf("%+v %+v %+v: explained as %v, element by element %v", c.Expr, s, o, r.Holds, want)
			}
			if r.Expr == nil {
				undefined++
			}
			if want {
				held++
			} else if r.Sentence("x") == "" {
				t.Fatalf("%+v: no sentence", c.Expr)
			}
		}
	}
	if held < 3000 || undefined == 0 {
		t.Errorf("%d held, %d undefined", held, undefined)
	}
}

// TestCompareLevels compares with policy.Dominates.
func TestCompareLevels(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	bits := []uint32{0, 1, 2, 63, 64, 127, 1023, 1024, 1087, 4000}
	level := func() policy.Level {
		l := policy.Level{Sens: 1 + rng.Uint32N(2)}
		for range rng.IntN(4) {
			l.Cats = l.Cats.With(bits[rng.IntN(len(bits))])
		}
		return l
	}
	for range 20000 {
		a, b := level(), level()
		r := compareLevels(&a, &b)
		if r&dominates != 0 != policy.Dominates(a, b) || r&dominatedBy != 0 != policy.Dominates(b, a) {
			t.Fatalf("%+v %+v: %b", a, b, r)
		}
		if eq, _ := r.holds(policydb.OpEq); eq != policy.SameLevel(a, b) {
			t.Fatalf("%+v %+v: eq %v", a, b, eq)
		}
	}
}

// TestXPermsCover checks which commands the datum of a rule covers.
func TestXPermsCover(t *testing.T) {
	function := policydb.XPerms{Specified: policydb.XPermsIoctlFunction, Driver: 0x89, Perms: [8]uint32{1 << 0x10}}
	driver := policydb.XPerms{Specified: policydb.XPermsIoctlDriver, Perms: [8]uint32{0, 0, 0, 0, 1 << (0x89 - 0x80)}}
	message := policydb.XPerms{Specified: policydb.XPermsNlmsg, Driver: 0, Perms: [8]uint32{1 << 16}}
	for _, tt := range []struct {
		name    string
		x       policydb.XPerms
		kind    XPermKind
		command uint16
		want    bool
	}{
		{"function", function, Ioctl, 0x8910, true},
		{"another function of the driver", function, Ioctl, 0x8911, false},
		{"the function of another driver", function, Ioctl, 0x8a10, false},
		{"an ioctl function is no message", function, Nlmsg, 0x8910, false},
		{"whole driver", driver, Ioctl, 0x89ff, true},
		{"another driver", driver, Ioctl, 0x8aff, false},
		{"a driver is no message", driver, Nlmsg, 0x89ff, false},
		{"message", message, Nlmsg, 16, true},
		{"another message", message, Nlmsg, 17, false},
		{"message 16 of the next 256", message, Nlmsg, 0x110, false},
		{"a message is no ioctl", message, Ioctl, 16, false},
		{"unknown kind of datum", policydb.XPerms{Specified: 9}, Ioctl, 0, false},
	} {
		if got := covers(tt.x, tt.kind, tt.command); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
