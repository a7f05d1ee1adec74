package policydb_test

import (
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestFormatSymbols: the symbol tables.
func TestFormatSymbols(t *testing.T) {
	runFormatCases(t, []formatCase{
		{name: "a number of types beyond 16 bits", version: 33, want: "65535 are possible", section: "types",
			edit: func(h *hand) { h.types = cat(u32(0x10000, 3), h.types[8:]) }},
		{name: "items in a table of no values", version: 33, want: "without symbols", section: "booleans",
			edit: func(h *hand) { h.bools = cat(u32(0, 1), h.bools[8:]) }},
		{name: "values without an item", version: 33,
			edit: func(h *hand) { h.bools = cat(u32(7, 1), h.bools[8:]) },
			check: func(t *testing.T, p *policydb.Policy) {
				if p.Bools.NPrim != 7 || len(p.Bools.Items) != 1 {
					t.Errorf("%+v", p.Bools)
				}
			}},
		{name: "a value beyond the table", version: 33, want: "boolean 2 is not in 1..1", section: "booleans",
			edit: func(h *hand) { h.bools = cat(u32(1, 1), u32(2, 1, 1), "b") }},
		{name: "value 0", version: 33, want: "boolean 0", section: "booleans",
			edit: func(h *hand) { h.bools = cat(u32(1, 1), u32(0, 1, 1), "b") }},
		{name: "boolean neither 0 nor 1", version: 33, want: "state 2", section: "booleans",
			edit: func(h *hand) { h.bools = cat(u32(1, 1), u32(1, 2, 1), "b") }},
		{name: "empty name", version: 33, want: "empty name", section: "booleans",
			edit: func(h *hand) { h.bools = cat(u32(1, 1), u32(1, 1, 0)) }},
		{name: "name longer than the file", version: 33, want: "truncated", section: "booleans",
			edit: func(h *hand) { h.bools = cat(u32(1, 1), u32(1, 1, 0xffffffff), "b") }},
		{name: "more items than bytes", version: 33, want: "remain", section: "users",
			edit: func(h *hand) { h.users = cat(u32(1, 0xffffffff), h.users[8:]) }},
		{name: "an alias is a second symbol of one value", version: 33,
			edit: func(h *hand) { h.types = cat(u32(3, 4), h.types[8:], h.typ("alias", handT, 0)) },
			check: func(t *testing.T, p *policydb.Policy) {
				if a := p.Types.Items[3]; !a.IsAlias() || a.IsAttribute() || a.Value != handT {
					t.Errorf("%+v", a)
				}
			}},
		{name: "before version 24 a type has no bounds and no kind", version: 23,
			edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if a := p.Types.Items[0]; a.IsAlias() || a.IsAttribute() || p.Types.NPrim != 3 ||
					len(p.Types.Items) != 2 {
					t.Errorf("%+v", p.Types)
				}
			}},
		{name: "bounds", version: 24,
			edit: func(h *hand) {
				h.types = cat(u32(3, 3), u32(1, handT, 1, handU), "t", h.typ("u", handU, 1), h.typ("a", handA, 3))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if p.Types.Items[0].Bounds != handU {
					t.Errorf("%+v", p.Types.Items[0])
				}
			}},
		{name: "bounds beyond the types", version: 24, want: "bounds type 4", section: "types",
			edit: func(h *hand) {
				h.types = cat(u32(3, 3), u32(1, handT, 1, 4), "t", h.typ("u", handU, 1), h.typ("a", handA, 3))
			}},
		{name: "bounds beyond the roles", version: 24, want: "bounds role 3", section: "roles",
			edit: func(h *hand) {
				h.roles = cat(u32(2, 2), h.named("object_r", handObjectR), bitmap(), bitmap(), u32(1, handR, 3), "r",
					bitmap(), bitmap(0))
			}},
		{name: "class without its own permissions, with those of the common", version: 33,
			edit: func(h *hand) {
				h.classes = cat(u32(2, 2),
					h.class("process", "", handProcess, 2, cat(perm("transition", 1), perm("dyntransition", 2)), 2,
						nil, 0),
					h.class("file", "c", handFile, 1, nil, 0, nil, 0))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if c := p.Classes.Items[1]; c.Common != "c" || c.PermNPrim != 1 || len(c.Perms) != 0 {
					t.Errorf("%+v", c)
				}
			}},
		{name: "unknown common", version: 33, want: `unknown common "d"`, section: "classes",
			edit: func(h *hand) {
				h.classes = cat(u32(2, 2),
					h.class("process", "", handProcess, 2, cat(perm("transition", 1), perm("dyntransition", 2)), 2,
						nil, 0),
					h.class("file", "d", handFile, 2, perm("q", 2), 1, nil, 0))
			}},
		{name: "a 33rd permission", version: 33, want: "33 permissions", section: "commons",
			edit: func(h *hand) { h.commons = cat(u32(1, 1), u32(1, 1, 33, 1), "c", perm("p", 1)) }},
		{name: "permission beyond its class", version: 33, want: "permission 2", section: "commons",
			edit: func(h *hand) { h.commons = cat(u32(1, 1), u32(1, 1, 1, 1), "c", perm("p", 2)) }},
		{name: "permission 0", version: 33, want: "permission 0", section: "commons",
			edit: func(h *hand) { h.commons = cat(u32(1, 1), u32(1, 1, 1, 1), "c", perm("p", 0)) }},
		{name: "a class that nobody knows is kept", version: 33,
			edit: func(h *hand) {
				h.classes = cat(u32(3, 3), h.classes[8:], h.class("hologram", "", 3, 1, perm("shimmer", 1), 1, nil, 0))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if p.Classes.Items[2].Name != "hologram" {
					t.Error("lost")
				}
			}},
		{name: "default_user, default_role and default_range, version 27", version: 27,
			edit: func(h *hand) {
				h.oneClass()
				copy(h.classes[len(h.classes)-12:], u32(1, 2, 6))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if c := p.Classes.Items[1]; c.DefaultUser != 1 || c.DefaultRole != 2 || c.DefaultRange != 6 ||
					c.DefaultType != 0 {
					t.Errorf("%+v", c)
				}
			}},
		{name: "default_type, version 28", version: 28,
			edit: func(h *hand) {
				h.oneClass()
				copy(h.classes[len(h.classes)-4:], u32(2))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if c := p.Classes.Items[1]; c.DefaultUser != 0 || c.DefaultType != 2 {
					t.Errorf("%+v", c)
				}
			}},
		// The kernel takes 0 and 1 only; libsepol misses the sensitivity itself.
		{name: "a sensitivity neither alias nor none", version: 33, mls: true, sepol: sepolRefuses,
			edit: func(h *hand) { h.sens = cat(u32(1, 1), u32(2, 2), "s0", level(1, 0, 1)) }},
		{name: "sensitivity beyond the table", version: 33, mls: true, want: "sensitivity 2", section: "sensitivities",
			edit: func(h *hand) { h.sens = cat(u32(1, 1), u32(2, 0), "s0", level(2, 0, 1)) }},
		{name: "category of a sensitivity beyond the table", version: 33, mls: true, want: "category 3",
			section: "sensitivities",
			edit:    func(h *hand) { h.sens = cat(u32(1, 1), u32(2, 0), "s0", level(1, 0, 1, 2)) }},
		{name: "level of a user beyond the table", version: 33, mls: true, want: "sensitivity 2", section: "users",
			edit: func(h *hand) {
				h.users = cat(u32(1, 1), h.named("u", handUser), bitmap(handR-1), u32(1, 1), bitmap(), level(2))
			}},
		{name: "without MLS the level of a user is void", version: 33,
			edit: func(h *hand) {
				h.users = cat(u32(1, 1), h.named("u", handUser), bitmap(handR-1), u32(1, 99), bitmap(63), level(99, 63))
			}},
	})
}

// TestFormatConstraint: a constraint's expression is postfix with a stack of 5
// (CEXPR_MAXDEPTH), and must leave one value.
func TestFormatConstraint(t *testing.T) {
	attrs := func(n int) [][]byte {
		var nodes [][]byte
		for range n {
			nodes = append(nodes, attrNode(4, 1))
		}
		return nodes
	}
	ands := func(n int) [][]byte {
		var nodes [][]byte
		for range n {
			nodes = append(nodes, andNode)
		}
		return nodes
	}
	with := func(nodes ...[]byte) func(h *hand) {
		return func(h *hand) { h.oneClass(cat(u32(1), h.expr(nodes...))) }
	}
	const section, malformed = "classes", "not well formed"
	runFormatCases(t, []formatCase{
		{name: "depth 5", version: 33, edit: with(append(attrs(5), ands(4)...)...)},
		{name: "depth 6", version: 33, want: malformed, section: section, edit: with(append(attrs(6), ands(5)...)...)},
		{name: "many nodes within the depth", version: 33, edit: with(append(attrs(1), func() (nodes [][]byte) {
			for range 100 {
				nodes = append(nodes, attrNode(1, 1), orNode, notNode)
			}
			return nodes
		}()...)...)},
		{name: "empty", version: 33, want: malformed, section: section, edit: with()},
		{name: "two values left", version: 33, want: malformed, section: section, edit: with(attrs(2)...)},
		{name: "not without an operand", version: 33, want: malformed, section: section,
			edit: with(notNode, attrNode(4, 1))},
		{name: "and with one operand", version: 33, want: malformed, section: section,
			edit: with(attrNode(4, 1), andNode)},
		{name: "kind 0", version: 33, want: "no known kind", section: section, edit: with(u32(0, 4, 1))},
		{name: "kind 6", version: 33, want: "no known kind", section: section, edit: with(u32(6, 4, 1))},
		{name: "third context outside of a validatetrans", version: 28, want: "third context", section: section,
			edit: func(h *hand) { h.oneClass(cat(u32(1), h.expr(h.namesNode(4|16, 1, 0)))) }},
		{name: "more nodes than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.oneClass(cat(u32(1, 0x7fffffff), attrNode(4, 1))) }},
		{name: "more constraints than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) {
				h.classes = cat(u32(1, 1), h.class("file", "c", 1, 2, perm("q", 2), 1, nil, 0xffffff))
			}},
		{name: "names before version 29 have no type set", version: 28,
			edit: func(h *hand) { h.oneClass(cat(u32(1), h.expr(h.namesNode(4, 1, 0)))) },
			check: func(t *testing.T, p *policydb.Policy) {
				node := p.Classes.Items[1].Constraints[0].Expr[0]
				if node.Kind != policydb.ConstraintNames || !node.Names.Has(0) || !node.TypeNames.Types.IsEmpty() {
					t.Errorf("%+v", node)
				}
			}},
		{name: "names with the type set they were written as, version 29", version: 29,
			edit: func(h *hand) {
				h.oneClass(cat(u32(1), u32(1), u32(5, 4, 1), bitmap(0), bitmap(2), bitmap(), u32(0)))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				node := p.Classes.Items[1].Constraints[0].Expr[0]
				if !node.Names.Has(0) || !node.TypeNames.Types.Has(handA-1) || node.TypeNames.Flags != 0 {
					t.Errorf("%+v", node)
				}
			}},
		{name: "validatetrans with the third context, version 19 on", version: 28,
			edit: func(h *hand) {
				h.oneClass()
				rest := len(h.classes) - 4 - 16 // the number of validatetrans and the defaults
				h.classes = cat(h.classes[:rest], u32(1), u32(0), h.expr(h.namesNode(4|16, 1, 0)), h.defaults())
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if v := p.Classes.Items[1].ValidateTrans; len(v) != 1 ||
					v[0].Expr[0].Attr != policydb.AttrType|policydb.AttrXTarget {
					t.Errorf("%+v", v)
				}
			}},
	})
}
