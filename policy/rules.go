package policy

import (
	"iter"
	"sort"

	"github.com/senet-selinux/senet/policydb"
)

// RuleKind is the kind of a type enforcement rule. Each is a bit, so that a
// RuleKind also serves as a set of kinds.
type RuleKind = policydb.AVKind

// The kinds of rules.
const (
	Allow           = policydb.AVAllowed
	AuditAllow      = policydb.AVAuditAllow
	DontAudit       = policydb.AVAuditDeny
	TypeTransition  = policydb.AVTransition
	TypeMember      = policydb.AVMember
	TypeChange      = policydb.AVChange
	AllowXPerm      = policydb.AVXPermsAllowed
	AuditAllowXPerm = policydb.AVXPermsAuditAllow
	DontAuditXPerm  = policydb.AVXPermsDontAudit
	AccessRules     = policydb.AVAccess // allow, auditallow, dontaudit
	TypeRules       = policydb.AVType   // type_transition, type_change, type_member
	XPermRules      = policydb.AVXPerms
)

// A Rule is one type enforcement rule as in the policy: attributes are not expanded. Filename
// transitions are not included; see [Policy.FilenameTransitions].
type Rule struct {
	Kind           RuleKind // exactly one kind
	Source, Target TypeID   // types or attributes
	Class          ClassID
	// Perms are the permissions that an allow allows, an auditallow audits or a dontaudit silences.
	Perms AccessVector
	// Default is the resulting type of a type rule.
	Default TypeID
	// Data is the datum in the file, for a dontaudit rule the permissions that are still audited; 0
	// for extended permissions.
	Data   uint32
	Cond   CondID // the conditional of the rule, 0 if there is none
	Branch bool   // whether it is in the true branch of Cond
	addr   RuleAddr
}

// RuleAddr addresses a rule within its policy. Addresses ascend in the policy's
// order: first the unconditional rules, then those of each conditional, its
// true branch first.
type RuleAddr uint32

// Addr returns the rule's address.
func (r Rule) Addr() RuleAddr { return r.addr }

// ruleSpace puts all access vector tables of a policy into one range of addresses. Table 0 has the
// unconditional rules; the true branch of the conditional n is table 2n-1, its false branch 2n.
type ruleSpace struct {
	tabs []policydb.AVTab
	base []RuleAddr // of each table, and the end of all
	n    int
}

func newRuleSpace(db *policydb.Policy) ruleSpace {
	s := ruleSpace{
		tabs: make([]policydb.AVTab, 0, 1+2*len(db.Conditionals)),
		base: make([]RuleAddr, 1, 2+2*len(db.Conditionals)),
	}
	s.add(db.AVTab)
	for i := range db.Conditionals {
		s.add(db.Conditionals[i].True)
		s.add(db.Conditionals[i].False)
	}
	return s
}

// tableCond returns the conditional that a table belongs to, 0 for table 0.
func tableCond(tab int) CondID { return CondID(tab+1) / 2 }

func (s *ruleSpace) add(t policydb.AVTab) {
	s.tabs = append(s.tabs, t)
	s.base = append(s.base, s.base[len(s.base)-1]+RuleAddr(t.Size()))
	s.n += t.Len()
}

// table returns the table of addr.
func (s *ruleSpace) table(addr RuleAddr) int {
	if addr < s.base[1] {
		return 0
	}
	return sort.Search(len(s.tabs), func(i int) bool { return s.base[i+1] > addr })
}

// NumRules returns the number of type enforcement rules, including those in conditionals, but not
// filename transitions.
func (t *tables) NumRules() int { return t.rules.n }

// RuleAt returns the rule with the given address.
func (t *tables) RuleAt(addr RuleAddr) Rule {
	tab := t.rules.table(addr)
	off := uint32(addr - t.rules.base[tab])
	return t.rule(tab, off, t.rules.tabs[tab].Key(off))
}

func (t *tables) rule(tab int, off uint32, key policydb.AVKey) Rule {
	r := Rule{
		Kind:   key.Kind() &^ policydb.AVEnabled,
		Source: TypeID(key.Source()), Target: TypeID(key.Target()), Class: ClassID(key.Class()),
		Cond: tableCond(tab), Branch: tab&1 == 1,
		addr: t.rules.base[tab] + RuleAddr(off),
	}
	if r.Kind&XPermRules == 0 {
		r.Data = t.rules.tabs[tab].Data(off)
	}
	switch {
	case r.Kind&TypeRules != 0:
		r.Default = TypeID(r.Data)
	case r.Kind == DontAudit:
		r.Perms = ^AccessVector(r.Data) & t.AllPerms(r.Class)
	case r.Kind&AccessRules != 0:
		r.Perms = AccessVector(r.Data)
	}
	return r
}

// XPerms returns the extended permissions of a rule whose Kind is one of
// XPermRules.
func (t *tables) XPerms(r Rule) policydb.XPerms {
	tab := t.rules.table(r.addr)
	return t.rules.tabs[tab].XPerms(uint32(r.addr - t.rules.base[tab]))
}

// A RuleFilter selects rules by the names written in them. A nil set selects everything.
type RuleFilter struct {
	Kinds   RuleKind     // any of these kinds; 0 selects none
	Sources *Set[TypeID] // the source as written is in the set
	Targets *Set[TypeID] // the target as written
	Classes *Set[ClassID]
	Conds   *Set[CondID] // the conditional of the rule, or 0 for unconditional rules
}

// Rules yields the rules that the filter selects, in the policy's order. It reads every rule once,
// which for the largest policies takes well under a millisecond.
func (t *tables) Rules(f RuleFilter) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for i := range t.rules.tabs {
			tab := &t.rules.tabs[i]
			if f.Conds != nil && !f.Conds.Has(tableCond(i)) {
				continue
			}
			size := uint32(0)
			for off := uint32(0); off < tab.Size(); off += size {
				key := tab.Key(off)
				size = key.Size()
				if key.Kind()&f.Kinds == 0 ||
					f.Sources != nil && !f.Sources.Has(TypeID(key.Source())) ||
					f.Targets != nil && !f.Targets.Has(TypeID(key.Target())) ||
					f.Classes != nil && !f.Classes.Has(ClassID(key.Class())) {
					continue
				}
				if !yield(t.rule(i, off, key)) {
					return
				}
			}
		}
	}
}

// Enabled reports whether a rule is active with this Policy's booleans.
func (p *Policy) Enabled(r Rule) bool { return p.BranchEnabled(r.Cond, r.Branch) }

// FilenameTransitions yields the type transitions with a file name.
func (t *tables) FilenameTransitions() iter.Seq[policydb.FilenameTrans] {
	return t.db.FilenameTrans.All()
}
