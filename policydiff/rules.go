package policydiff

import (
	"cmp"
	"iter"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A Comparison is two policies with shared ids. Only one goroutine may use it, with one loop over
// rules at a time.
type Comparison struct {
	before, after *policy.Policy
	u             *universe // made at the first question about rules
	perms         map[permsKey][]string
}

type permsKey struct {
	class  uint32
	shared uint64
}

// New prepares the comparison of two policies.
func New(before, after *policy.Policy) *Comparison {
	return &Comparison{before: before, after: after, perms: make(map[permsKey][]string)}
}

// A Sign names the policy, of two, that has something.
type Sign byte

// The signs, as they are printed before a difference.
const (
	Added    Sign = '+' // only the policy after
	Removed  Sign = '-' // only the policy before
	Modified Sign = '*' // both, and they differ
)

// A RuleChange is one cell of the rules (a source, a target, a class and a conditional) in which
// two policies differ. Source and target are types, never attributes.
type RuleChange struct {
	Kind                  policy.RuleKind
	Source, Target, Class string
	// Cond is the expression of the conditional, empty for unconditional rules, and Branch the
	// value under which the rule is active.
	Cond   string
	Branch bool

	// Before and After are the permissions of an access rule, sorted. Permissions of a conditional
	// rule that the same policy also grants unconditionally are not included.
	Before, After []string
	// FileName is the file name of a type transition. DefaultBefore and DefaultAfter are the
	// results of a type rule, empty if there is none.
	FileName                    string
	DefaultBefore, DefaultAfter string
	// Netlink says that a rule of extended permissions is for netlink messages, not ioctl commands;
	// CommandsBefore and CommandsAfter are their numbers.
	Netlink                       bool
	CommandsBefore, CommandsAfter Commands
}

// Sign names the policy that has the rule.
func (r *RuleChange) Sign() Sign {
	switch {
	case len(r.Before) == 0 && r.DefaultBefore == "" && len(r.CommandsBefore) == 0:
		return Added
	case len(r.After) == 0 && r.DefaultAfter == "" && len(r.CommandsAfter) == 0:
		return Removed
	}
	return Modified
}

// Kept returns the permissions of an access rule that both policies have.
func (r *RuleChange) Kept() []string { return permsIn(r.Before, r.After, true) }

// Gained returns the permissions that only the policy after has.
func (r *RuleChange) Gained() []string { return permsIn(r.After, r.Before, false) }

// Lost returns the permissions that only the policy before has.
func (r *RuleChange) Lost() []string { return permsIn(r.Before, r.After, false) }

func permsIn(list, other []string, in bool) []string {
	var out []string
	for _, p := range list {
		if _, found := slices.BinarySearch(other, p); found == in {
			out = append(out, p)
		}
	}
	return out
}

// kindsInOrder returns the kinds of rules in the order in which Rules yields them.
func kindsInOrder() []policy.RuleKind {
	return []policy.RuleKind{
		policy.Allow, policy.AllowXPerm, policy.AuditAllow, policy.AuditAllowXPerm,
		policy.DontAudit, policy.DontAuditXPerm,
		policy.TypeTransition, policy.TypeChange, policy.TypeMember,
	}
}

// Rules yields the differences of the rules of some kinds: kind by kind, each sorted by source,
// target, class and conditional.
//
// It mirrors sediff: rules are expanded to types, conditionals are identified by the text of their
// expressions, and permissions of a conditional rule that the same policy grants unconditionally to
// the same cell do not count.
func (c *Comparison) Rules(kinds policy.RuleKind) iter.Seq[RuleChange] {
	return func(yield func(RuleChange) bool) {
		c.number()
		for _, kind := range kindsInOrder() {
			each := c.accessChanges
			switch {
			case kinds&kind == 0:
				continue
			case kind&policy.XPermRules != 0:
				each = c.xpermChanges
			case kind&policy.TypeRules != 0:
				each = c.typeChanges
			}
			if !each(kind, yield) {
				return
			}
		}
	}
}

// number numbers the names of both policies, once.
func (c *Comparison) number() {
	if c.u == nil {
		c.u = newUniverse(c.before, c.after)
	}
}

// accessChanges yields the differences of the access rules of one kind.
func (c *Comparison) accessChanges(kind policy.RuleKind, yield func(RuleChange) bool) bool {
	d := c.u.newAccessDiff(kind)
	var cells []cell
	for _, source := range c.u.sorted {
		cells = d.cells(source, cells)
		slices.SortFunc(cells, func(a, b cell) int {
			return c.compareTypeCells(a.place(), b.place())
		})
		for _, x := range cells {
			r := c.ruleOf(kind, x.source, x.target, x.class, x.cond)
			r.Before, r.After = c.permNames(x.class, x.had), c.permNames(x.class, x.has)
			if !yield(r) {
				return false
			}
		}
	}
	return true
}

// compareTypeCells orders cells by names.
func (c *Comparison) compareTypeCells(a, b typeCell) int {
	u := c.u
	n := cmp.Or(cmp.Compare(u.rank[a.source], u.rank[b.source]), cmp.Compare(u.rank[a.target], u.rank[b.target]))
	if n == 0 && a.class != b.class {
		n = cmp.Compare(u.classes.list[a.class], u.classes.list[b.class])
	}
	if n == 0 && a.cond != b.cond {
		n = cmp.Or(cmp.Compare(u.cond(a.cond), u.cond(b.cond)), cmp.Compare(b.cond&1, a.cond&1))
	}
	return cmp.Or(n, cmp.Compare(a.name, b.name))
}

// cond returns the text of a conditional, "" for none.
func (u *universe) cond(id uint32) string {
	if id == 0 {
		return ""
	}
	return u.conds.list[id/2]
}

func (c *Comparison) ruleOf(kind policy.RuleKind, source, target, class, cond uint32) RuleChange {
	return RuleChange{
		Kind: kind, Source: c.u.types.list[source], Target: c.u.types.list[target], Class: c.u.classes.list[class],
		Cond: c.u.cond(cond), Branch: cond&1 == 1,
	}
}

// permNames caches the lists, since few differ.
func (c *Comparison) permNames(class uint32, shared uint64) []string {
	if shared == 0 {
		return nil
	}
	k := permsKey{class, shared}
	list, ok := c.perms[k]
	if !ok {
		list = c.u.permNames(class, shared)
		c.perms[k] = list
	}
	return list
}
