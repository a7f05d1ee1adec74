package policydiff

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// Commands is a set of extended permissions: 16-bit numbers in ascending runs.
type Commands = portset.Set

// An xpermKey is a rule of extended permissions without its commands, as it is written.
type xpermKey struct {
	source, target, class, cond uint32
	nlmsg                       bool
}

func (k xpermKey) place() typeCell { return typeCell{k.source, k.target, k.class, k.cond, ""} }

// xpermCells returns the cells of extended permissions that differ, with the commands of both
// policies. Rules of both policies are read only for cells in which other rules differ.
func (u *universe) xpermCells(kind policy.RuleKind) map[xpermKey][2]Commands {
	var written [2]map[xpermKey]Commands
	for i := range u.sides {
		s := &u.sides[i]
		written[i] = make(map[xpermKey]Commands)
		for r := range s.p.Rules(policy.RuleFilter{Kinds: kind}) {
			x := s.p.XPerms(r)
			k := xpermKey{source: s.extents[r.Source], target: s.extents[r.Target], class: s.classes[r.Class]}
			k.cond, k.nlmsg = condOf(s, &r), x.Specified == policydb.XPermsNlmsg
			if k.source != 0 && k.target != 0 && k.class != 0 {
				written[i][k] = written[i][k].Union(commandsOf(&x))
			}
		}
	}
	cells := make(map[xpermKey][2]Commands)
	for i := range written {
		for k, list := range written[i] {
			if !slices.Equal(list, written[1-i][k]) {
				u.spread(cells, k, list, true, i)
			}
		}
	}
	for k, list := range written[0] {
		if len(cells) > 0 && slices.Equal(list, written[1][k]) {
			u.spread(cells, k, list, false, 0, 1)
		}
	}
	for k, pair := range cells {
		if slices.Equal(pair[0], pair[1]) {
			delete(cells, k)
		}
	}
	return cells
}

// spread adds commands to the cells of a rule: to existing cells, or to all.
func (u *universe) spread(cells map[xpermKey][2]Commands, k xpermKey, list Commands, all bool, sides ...int) {
	for source := range u.members(k.source) {
		for target := range u.members(k.target) {
			c := xpermKey{source, target, k.class, k.cond, k.nlmsg}
			pair, known := cells[c]
			if !known && !all {
				continue
			}
			for _, side := range sides {
				pair[side] = pair[side].Union(list)
			}
			cells[c] = pair
		}
	}
}

// commandsOf returns the commands of one rule.
func commandsOf(x *policydb.XPerms) Commands {
	var set Commands
	for n := range 256 {
		if !x.Has(uint8(n)) {
			continue
		}
		low, high := uint16(x.Driver)<<8|uint16(n), uint16(x.Driver)<<8|uint16(n)
		if x.Specified == policydb.XPermsIoctlDriver {
			low, high = uint16(n)<<8, uint16(n)<<8|255
		}
		set = set.Append(portset.Range{Low: low, High: high})
	}
	return set
}

// xpermChanges yields the differences of the rules of extended permissions of one
// kind.
func (c *Comparison) xpermChanges(kind policy.RuleKind, yield func(RuleChange) bool) bool {
	cells := c.u.xpermCells(kind)
	keys := make([]xpermKey, 0, len(cells))
	for k := range cells {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b xpermKey) int {
		n := c.compareTypeCells(a.place(), b.place())
		if n == 0 && a.nlmsg != b.nlmsg {
			n = 1
			if b.nlmsg {
				n = -1
			}
		}
		return n
	})
	for _, k := range keys {
		r := c.ruleOf(kind, k.source, k.target, k.class, k.cond)
		r.Netlink = k.nlmsg
		r.CommandsBefore, r.CommandsAfter = cells[k][0], cells[k][1]
		if !yield(r) {
			return false
		}
	}
	return true
}
