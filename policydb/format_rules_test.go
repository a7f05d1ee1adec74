package policydb_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// xpermRule writes a rule of extended permissions.
func xpermRule(source, target, class, kind uint32, specified, driver byte, perms uint32) []byte {
	return cat(u16(source, target, class, kind), []byte{specified, driver}, u32(perms, 0, 0, 0, 0, 0, 0, 0x80000000))
}

func rulesOf(tab policydb.AVTab) []policydb.AVRule {
	var list []policydb.AVRule
	for _, r := range tab.All() {
		list = append(list, r)
	}
	return list
}

// TestFormatAVTab: rules in the layout of version 20 on.
func TestFormatAVTab(t *testing.T) {
	table := func(rules ...[]byte) []byte { return cat(u32(uint32(len(rules))), bytes.Join(rules, nil)) }
	const section = "avtab"
	runFormatCases(t, []formatCase{
		{name: "no rules", version: 33, want: "empty", section: section, edit: func(h *hand) { h.avtab = u32(0) }},
		{name: "more rules than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.avtab = cat(u32(0xffffffff), h.avtab[4:]) }},
		{name: "source 0", version: 33, want: "type or class", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(0, 1, 1, avAllow, 1)) }},
		{name: "target beyond the types", version: 33, want: "type or class", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 4, 1, avAllow, 1)) }},
		{name: "class beyond the classes", version: 33, want: "type or class", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 3, avAllow, 1)) }},
		{name: "no kind", version: 33, want: "kind", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 1, 0, 1)) }},
		{name: "two kinds", version: 33, want: "kind", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 1, 3, 1)) }},
		{name: "resulting type beyond the types", version: 33, want: "resulting type", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 1, avTransition, 4)) }},
		{name: "resulting type 0", version: 33, want: "resulting type", section: section,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 1, avTransition, 0)) }},
		{name: "an access vector without permissions", version: 33,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 1, avAllow, 0)) }},
		{name: "enabled outside of a conditional", version: 33,
			edit: func(h *hand) { h.avtab = table(h.rule(1, 1, 1, 0x8000|avAllow, 1)) }},
		{name: "every kind", version: 33,
			edit: func(h *hand) {
				h.avtab = table(h.rule(1, 1, 1, 1, 1), h.rule(1, 1, 1, 2, 1), h.rule(1, 1, 1, 4, 1),
					h.rule(1, 1, 1, 0x10, 1),
					h.rule(1, 1, 1, 0x20, 1), h.rule(1, 1, 1, 0x40, 1), xpermRule(1, 1, 1, 0x100, 1, 0x89, 5),
					xpermRule(1, 1, 1, 0x200, 2, 0, 6), xpermRule(1, 1, 1, 0x400, 3, 7, 7))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				rules := rulesOf(p.AVTab)
				kinds := []policydb.AVKind{policydb.AVAllowed, policydb.AVAuditAllow, policydb.AVAuditDeny,
					policydb.AVTransition,
					policydb.AVMember, policydb.AVChange, policydb.AVXPermsAllowed, policydb.AVXPermsAuditAllow,
					policydb.AVXPermsDontAudit}
				if len(rules) != len(kinds) || p.AVTab.Len() != len(kinds) {
					t.Fatalf("%d rules", len(rules))
				}
				for i, k := range kinds {
					if rules[i].Kind != k {
						t.Errorf("rule %d is of kind %#x, want %#x", i, rules[i].Kind, k)
					}
				}
				off := uint32(6 * 12)
				x := p.AVTab.XPerms(off)
				if x.Specified != policydb.XPermsIoctlFunction || x.Driver != 0x89 || !x.Has(0) || x.Has(1) ||
					!x.Has(2) || !x.Has(255) || x.Has(254) {
					t.Errorf("%+v", x)
				}
				if next := p.AVTab.Next(off); next != off+42 ||
					p.AVTab.XPerms(next).Specified != policydb.XPermsIoctlDriver {
					t.Errorf("next at %d", next)
				}
			}},
		{name: "extended permissions before version 30", version: 29, want: "extended permissions", section: section,
			edit: func(h *hand) { h.avtab = table(xpermRule(1, 1, 1, 0x100, 1, 0, 1)) }},
		{name: "extended permissions cut off", version: 33, want: "truncated", section: section,
			edit: func(h *hand) {
				h.avtab = table(h.rule(1, 1, 1, avAllow, 1), xpermRule(1, 1, 1, 0x100, 1, 0, 1)[:40])
				h.conds, h.roleTrans, h.roleAllows, h.filenames, h.isids, h.fs, h.ports, h.netifs, h.nodes = nil, nil,
					nil, nil, nil, nil, nil, nil, nil
				h.fsUses, h.nodes6, h.ibpkeys, h.ibend, h.genfs, h.ranges, h.attrMap = nil, nil, nil, nil, nil, nil, nil
			}},
		{name: "a kind of extended permissions that nobody knows", version: 33,
			edit: func(h *hand) { h.avtab = table(xpermRule(1, 1, 1, 0x100, 9, 0, 1)) }},
		{name: "attribute without a symbol as source, versions 20 to 23", version: 20,
			edit: func(h *hand) { h.avtab = table(h.rule(handA, handU, 1, avAllow, 1)) },
			check: func(t *testing.T, p *policydb.Policy) {
				if r := rulesOf(p.AVTab)[0]; r.Source != handA {
					t.Errorf("%+v", r)
				}
			}},
	})
}

// TestFormatOldAVTab: rules in the layout of versions 15 to 19, where one record
// carries all access vectors or all type rules of one source, target and class.
func TestFormatOldAVTab(t *testing.T) {
	table := func(records ...[]byte) func(h *hand) {
		return func(h *hand) { h.avtab = cat(u32(uint32(len(records))), bytes.Join(records, nil)) }
	}
	const section = "avtab"
	rule := func(kind policydb.AVKind, data uint32) policydb.AVRule {
		return policydb.AVRule{Source: 1, Target: 2, Class: 1, Kind: kind, Data: data}
	}
	want := func(rules ...policydb.AVRule) func(t *testing.T, p *policydb.Policy) {
		return func(t *testing.T, p *policydb.Policy) {
			if got := rulesOf(p.AVTab); !slices.Equal(got, rules) || p.AVTab.Len() != len(rules) {
				t.Errorf("got %+v, want %+v", got, rules)
			}
		}
	}
	runFormatCases(t, []formatCase{
		{name: "three access vectors in one record, in the order allow, dontaudit, auditallow", version: 15,
			edit:  table(u32(7, 1, 2, 1, 7, 10, 20, 30)),
			check: want(rule(policydb.AVAllowed, 10), rule(policydb.AVAuditDeny, 20), rule(policydb.AVAuditAllow, 30))},
		{name: "three type rules in one record, in the order transition, change, member", version: 19,
			edit:  table(u32(7, 1, 2, 1, 0x70, 1, 2, 1)),
			check: want(rule(policydb.AVTransition, 1), rule(policydb.AVChange, 2), rule(policydb.AVMember, 1))},
		{name: "two records of one key are not joined", version: 18,
			edit: table(u32(5, 1, 2, 1, 1, 10), u32(5, 1, 2, 1, 4, 20), u32(6, 1, 2, 1, 0x30, 1, 2)),
			check: want(rule(policydb.AVAllowed, 10), rule(policydb.AVAuditDeny, 20), rule(policydb.AVTransition, 1),
				rule(policydb.AVMember, 2))},
		{name: "the enabled bit goes to all rules of a record", version: 18,
			edit: table(u32(6, 1, 2, 1, 0x80000003, 10, 20)),
			check: want(rule(policydb.AVAllowed|policydb.AVEnabled, 10),
				rule(policydb.AVAuditAllow|policydb.AVEnabled, 20))},
		{name: "four items", version: 18, want: "number of items", section: section,
			edit: table(u32(4, 1, 2, 1, 1), u32(0, 0))},
		{name: "nine items", version: 18, want: "number of items", section: section,
			edit: table(u32(9, 1, 2, 1, 7, 1, 1, 1, 1, 1))},
		{name: "an item too many", version: 18, want: "number of items", section: section,
			edit: table(u32(6, 1, 2, 1, 1, 10, 10))},
		{name: "an item too few", version: 18, want: "number of items", section: section,
			edit: table(u32(5, 1, 2, 1, 3, 10))},
		{name: "access vectors and types in one record", version: 18, want: "kind", section: section,
			edit: table(u32(6, 1, 2, 1, 0x11, 1, 1))},
		{name: "no kind", version: 18, want: "kind", section: section, edit: table(u32(5, 1, 2, 1, 0x80000000, 1))},
		{name: "extended permissions", version: 18, want: "kind", section: section,
			edit: table(u32(6, 1, 2, 1, 0x101, 1, 1)), sepol: sepolAccepts},
		// libsepol and the kernel ignore bits they do not know here.
		{name: "a bit that nobody knows", version: 18, want: "kind", section: section,
			edit: table(u32(5, 1, 2, 1, 0x9, 1)), sepol: sepolAccepts},
		{name: "source beyond 16 bits", version: 18, want: "source type", section: section,
			edit: table(u32(5, 0x10001, 2, 1, 1, 1))},
		{name: "class 0", version: 18, want: "class 0", section: section, edit: table(u32(5, 1, 2, 0, 1, 1))},
		{name: "resulting type beyond the types", version: 18, want: "resulting type", section: section,
			edit: table(u32(5, 1, 2, 1, 0x10, 9))},
		{name: "no rules", version: 18, want: "empty", section: section, edit: table()},
		{name: "more records than bytes", version: 18, want: "remain", section: section,
			edit: func(h *hand) { h.avtab = cat(u32(0x10000000), h.avtab[4:]) }},
	})
}

// TestFormatConditionals: a conditional is a postfix expression and two lists of
// rules.
func TestFormatConditionals(t *testing.T) {
	cond := func(expr, yes, no []byte) func(h *hand) {
		return func(h *hand) { h.conds = cat(u32(1), u32(0), expr, yes, no) }
	}
	const section = "conditionals"
	rule := cat(u32(1), u16(1, 1, 1, 1), u32(1))
	none := u32(0)
	runFormatCases(t, []formatCase{
		{name: "none", version: 33, edit: func(h *hand) { h.conds = u32(0) }},
		{name: "every operator", version: 33, edit: func(h *hand) {
			h.bools = cat(u32(2, 2), u32(1, 1, 1), "b", u32(2, 0, 1), "d")
			h.conds = cat(u32(1), u32(1), u32(9), u32(1, 1), u32(1, 2), u32(2, 0), u32(4, 0), u32(1, 2), u32(3, 0),
				u32(1, 1), u32(5, 0), u32(2, 0), rule, none)
		}},
		{name: "operator 0", version: 33, want: "operator 0", section: section, edit: cond(u32(1, 0, 1), rule, none)},
		{name: "operator 8", version: 33, want: "operator 8", section: section, edit: cond(u32(1, 8, 1), rule, none)},
		{name: "boolean beyond the table", version: 33, want: "boolean 2", section: section,
			edit: cond(u32(1, 1, 2), rule, none)},
		{name: "boolean 0", version: 33, want: "boolean 0", section: section, edit: cond(u32(1, 1, 0), rule, none)},
		// The kernel evaluates such an expression to -1: neither branch holds.
		{name: "expression that is not well formed", version: 33, sepol: sepolRefuses,
			edit: cond(u32(1, 2, 0), rule, none)},
		{name: "empty expression", version: 33, edit: cond(u32(0), rule, none), sepol: sepolRefuses},
		{name: "more nodes than bytes", version: 33, want: "remain", section: section,
			edit: cond(u32(0x7fffffff, 1, 1), rule, none)},
		{name: "more rules than bytes", version: 33, want: "remain", section: section,
			edit: cond(u32(1, 1, 1), cat(u32(0x7fffffff), rule[4:]), none)},
		{name: "rule of a type that does not exist", version: 33, want: "type or class", section: section,
			edit: cond(u32(1, 1, 1), none, cat(u32(1), u16(9, 1, 1, 1), u32(1)))},
		{name: "extended permissions before version 34", version: 33, want: "conditional", section: section,
			edit: cond(u32(1, 1, 1), cat(u32(1), xpermRule(1, 1, 2, 0x100, 1, 0x89, 1)), none)},
		{name: "extended permissions, version 34", version: 34, sepol: sepolUnknown,
			edit: cond(u32(1, 1, 1), cat(u32(1), xpermRule(1, 1, 2, 0x8100, 1, 0x89, 1)), none),
			check: func(t *testing.T, p *policydb.Policy) {
				if x := p.Conditionals[0].True.XPerms(0); x.Driver != 0x89 || !x.Has(255) {
					t.Errorf("%+v", x)
				}
			}},
	})
}
