package policydb

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Canonical returns the policy in the order in which libsepol writes a policy that it has read:
// Encode of the result is the file that results when libsepol reads Encode(p) and writes it again.
// Every tool that goes through libsepol, so every policy that libsemanage installs, is in this
// order.
//
// libsepol keeps symbols, rules, filename and range transitions in hash tables
// and writes them in the order of the buckets. The hash of symbol names changed
// with libsepol 3.6; Canonical follows the one that p's own tables are in, see
// [Policy.SymbolHash].
//
// Canonical is idempotent where libsepol is not. Each time libsepol reads a policy it reverses the
// order of extended permission rules that share source, target, class and kind, and each time it
// writes a version before 20 it reverses the rules of each conditional. Canonical does so once:
// except where p is canonical in everything else.
func Canonical(p *Policy) *Policy { return CanonicalAs(p, p.SymbolHash()) }

// CanonicalAs is Canonical in the order of a libsepol with the given hash
// function, whichever wrote p.
func CanonicalAs(p *Policy, h SymbolHash) *Policy {
	kept := p.inLibsepolOrder(h, false)
	if bytes.Equal(kept.Encode(), p.Encode()) {
		return kept
	}
	return p.inLibsepolOrder(h, true)
}

// The hash tables' initial numbers of buckets (symtab_sizes, PERM_SYMTAB_SIZE,
// policydb_init), doubled as they fill.
const (
	bucketsCommons       = 2
	bucketsClasses       = 32
	bucketsRoles         = 16
	bucketsTypes         = 512
	bucketsUsers         = 128
	bucketsBools         = 16
	bucketsSensitivities = 16
	bucketsCategories    = 16
	bucketsPerms         = 32
	bucketsFilename      = 1024
	bucketsRange         = 256
)

const objectRole = "object_r"

// inLibsepolOrder mirrors what policydb_read keeps and policydb_write makes of
// it; reverse is for the two places where the order of equals turns around.
func (p *Policy) inLibsepolOrder(h SymbolHash, reverse bool) *Policy {
	c := p.Clone()
	c.Config &= configMLS | configUnknownMask
	c.Trailing = ""

	p.orderSymbols(c, h)
	c.AVTab = p.AVTab.inLibsepolOrder(p.Version, reverse)
	if p.Version < versionAVTab && reverse {
		c.Conditionals = slices.Clone(p.Conditionals)
		for i := range c.Conditionals {
			c.Conditionals[i].True = c.Conditionals[i].True.reversed()
			c.Conditionals[i].False = c.Conditionals[i].False.reversed()
		}
	}
	c.FilenameTrans = p.FilenameTrans.inLibsepolOrder()
	c.RangeTrans = rangeOrder(p)
	c.GenFS = genFSOrder(p.GenFS)

	c.TypeAttrMap = slices.Clone(p.TypeAttrMap)
	for i, b := range c.TypeAttrMap {
		c.TypeAttrMap[i] = b.With(uint32(i))
	}
	return c
}

// orderSymbols puts the symbol tables of p into c, in libsepol's order.
func (p *Policy) orderSymbols(c *Policy, h SymbolHash) {
	c.Commons.Items = bySymbolHash(h, p.Commons.Items, bucketsCommons, func(c *Common) string { return c.Name })
	for i := range c.Commons.Items {
		c.Commons.Items[i].Perms = permOrder(h, c.Commons.Items[i].Perms)
	}
	c.Classes.Items = bySymbolHash(h, p.Classes.Items, bucketsClasses, func(c *Class) string { return c.Name })
	for i := range c.Classes.Items {
		c.Classes.Items[i].Perms = permOrder(h, c.Classes.Items[i].Perms)
	}
	c.Roles.Items = bySymbolHash(h, withObjectRole(p.Roles.Items), bucketsRoles, func(r *Role) string { return r.Name })
	c.Types.Items = bySymbolHash(h, p.Types.Items, bucketsTypes, func(t *Type) string { return t.Name })
	c.Users.Items = bySymbolHash(h, p.Users.Items, bucketsUsers, func(u *User) string { return u.Name })
	c.Bools.Items = bySymbolHash(h, p.Bools.Items, bucketsBools, func(b *Bool) string { return b.Name })
	c.Sensitivities.Items = bySymbolHash(h, p.Sensitivities.Items, bucketsSensitivities,
		func(s *Sensitivity) string { return s.Name })
	c.Categories.Items = bySymbolHash(h, p.Categories.Items, bucketsCategories,
		func(c *Category) string { return c.Name })
}

// byBucket orders items as a libsepol hash table of them yields them: by
// bucket, and within one by compare.
func byBucket[T any](items []T, buckets uint32, hash func(*T) uint32, compare func(a, b *T) int) []T {
	// hashtab_check_resize doubles before an insertion that finds the table as
	// full as it has buckets.
	for buckets < uint32(len(items)) {
		buckets *= 2
	}
	type entry struct {
		bucket uint32
		item   *T
	}
	order := make([]entry, len(items))
	for i := range items {
		order[i] = entry{hash(&items[i]) & (buckets - 1), &items[i]}
	}
	slices.SortStableFunc(order, func(a, b entry) int {
		if a.bucket != b.bucket {
			return cmp.Compare(a.bucket, b.bucket)
		}
		return compare(a.item, b.item)
	})
	sorted := make([]T, len(items))
	for i, e := range order {
		sorted[i] = *e.item
	}
	return sorted
}

func bySymbolHash[T any](h SymbolHash, items []T, buckets uint32, name func(*T) string) []T {
	return byBucket(items, buckets,
		func(item *T) uint32 { return h.Sum(name(item)) },
		func(a, b *T) int { return strings.Compare(name(a), name(b)) })
}

func permOrder(h SymbolHash, perms []Perm) []Perm {
	return bySymbolHash(h, perms, bucketsPerms, func(p *Perm) string { return p.Name })
}

// withObjectRole puts in the place of object_r the role that libsepol has
// before it reads a policy (roles_init); it drops the one it reads.
func withObjectRole(roles []Role) []Role {
	fixed := Role{Name: objectRole, Value: 1}
	out := slices.Clone(roles)
	if i := slices.IndexFunc(out, func(r Role) bool { return r.Name == objectRole }); i >= 0 {
		out[i] = fixed
		return out
	}
	return append(out, fixed)
}

// rangeOrder mirrors rangetr_hash and rangetr_cmp, and the range that
// mls_write_range_helper writes for two equal levels.
func rangeOrder(p *Policy) []RangeTransition {
	sorted := byBucket(p.RangeTrans, bucketsRange,
		func(r *RangeTransition) uint32 { return r.Source + r.Target<<3 + p.rangeClass(r)<<5 },
		func(a, b *RangeTransition) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target),
				cmp.Compare(a.Class, b.Class))
		})
	for i := range sorted {
		sorted[i].Range.Single = sorted[i].Range.Low == sorted[i].Range.High
	}
	return sorted
}

// rangeClass returns the class of a range transition, which before version 21
// is not in the file.
func (p *Policy) rangeClass(r *RangeTransition) uint32 {
	if p.Version >= versionRangeTrans {
		return r.Class
	}
	process := "process"
	if p.Target == TargetXen {
		process = "domain"
	}
	for i := range p.Classes.Items {
		if p.Classes.Items[i].Name == process {
			return p.Classes.Items[i].Value
		}
	}
	return 0
}

// genFSOrder mirrors the insertions of genfs_read: file systems by name, longer
// paths first.
func genFSOrder(list []GenFS) []GenFS {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b GenFS) int { return strings.Compare(a.FSType, b.FSType) })
	for i := range sorted {
		entries := slices.Clone(sorted[i].Entries)
		slices.SortStableFunc(entries, func(a, b GenFSEntry) int { return len(b.Path) - len(a.Path) })
		sorted[i].Entries = entries
	}
	return sorted
}
