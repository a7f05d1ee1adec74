package policydb

import (
	"encoding/binary"
	"slices"
)

// This file holds what makes the parts of a policy that was not read: what a
// compiler needs.

// BitmapOfWords returns the set whose bit n is bit n%64 of word n/64.
func BitmapOfWords(words []uint64) Bitmap {
	var nodes []byte
	high := uint32(0)
	for i, w := range words {
		if w == 0 {
			continue
		}
		nodes = binary.LittleEndian.AppendUint32(nodes, uint32(i)*bitmapUnit)
		nodes = binary.LittleEndian.AppendUint64(nodes, w)
		high = uint32(i+1) * bitmapUnit
	}
	return Bitmap{nodes: string(nodes), highbit: high}
}

// An AVTabBuilder makes a table of rules, which keep the order in which they are
// added. The zero value is ready.
type AVTabBuilder struct {
	data  []byte
	rules int
}

// Grow makes room for n more rules.
func (b *AVTabBuilder) Grow(n int) { b.data = slices.Grow(b.data, n*avRecordSize) }

// Len returns the number of rules added.
func (b *AVTabBuilder) Len() int { return b.rules }

// Add adds a rule of access or of types.
func (b *AVTabBuilder) Add(r AVRule) {
	b.data = appendAVRule(b.data, r)
	b.rules++
}

// AddXPerms adds a rule of extended permissions.
func (b *AVTabBuilder) AddXPerms(r AVRule, x *XPerms) {
	b.data = appendAVRule(b.data, r)
	b.data = append(b.data[:len(b.data)-4], byte(x.Specified), x.Driver)
	for _, w := range x.Perms {
		b.data = binary.LittleEndian.AppendUint32(b.data, w)
	}
	b.rules++
}

// Table returns the table.
func (b *AVTabBuilder) Table() AVTab { return AVTab{data: string(b.data), rules: b.rules} }

// NewAVKey returns the key of a rule.
func NewAVKey(source, target, class uint16, kind AVKind) AVKey {
	return AVKey(source) | AVKey(target)<<16 | AVKey(class)<<32 | AVKey(kind)<<48
}

// compiledBuckets is the number of hash buckets of the table that libsepol
// compiles rules into. It writes them bucket by bucket.
const compiledBuckets = 1 << avtabMaxBits

// CompiledBucket returns the bucket of a rule, below [compiledBuckets].
func (k AVKey) CompiledBucket() uint32 { return k.hash() & (compiledBuckets - 1) }

// Order returns the value of a rule's key by which libsepol orders the rules of
// one bucket: source, target, class.
func (k AVKey) Order() uint64 { return k.sortable() }

// NewFilenameTrans makes a table of filename transitions in the layout of a
// version. Rules of one target, class and name that have the same result are to
// stand together, with all their sources in Sources.
func NewFilenameTrans(version uint32, list []FilenameTrans) FilenameTransTab {
	t := FilenameTransTab{grouped: version >= versionCompFtrans}
	var out []byte
	u32 := func(v uint32) { out = binary.LittleEndian.AppendUint32(out, v) }
	for i := 0; i < len(list); {
		n := i + 1
		for n < len(list) && list[n].Target == list[i].Target && list[n].Class == list[i].Class &&
			list[n].Name == list[i].Name {
			n++
		}
		if t.grouped {
			u32(uint32(len(list[i].Name)))
			out = append(out, list[i].Name...)
			u32(list[i].Target)
			u32(list[i].Class)
			u32(uint32(n - i))
			t.records++
		}
		for _, f := range list[i:n] {
			if t.grouped {
				out = f.Sources.encode(out)
				u32(f.Result)
				t.rules += f.Sources.Count()
				continue
			}
			for source := range f.AllSources() {
				u32(uint32(len(f.Name)))
				out = append(out, f.Name...)
				u32(source)
				u32(f.Target)
				u32(f.Class)
				u32(f.Result)
				t.records++
				t.rules++
			}
		}
		i = n
	}
	t.data = string(out)
	return t
}

// Compiled returns the policy in the order in which libsepol writes a policy that it has compiled:
// the order of [CanonicalAs], with two exceptions. The rules stay in the order of p (see
// [compiledBuckets]), and so do the labels of pseudo file systems, which libsepol sorts only when
// it reads them.
func Compiled(p *Policy, h SymbolHash) *Policy {
	c := p.Clone()
	p.orderSymbols(c, h)
	for i := range c.Roles.Items {
		if r := &c.Roles.Items[i]; r.Name == objectRole {
			for j := range p.Roles.Items {
				if p.Roles.Items[j].Name == objectRole {
					r.Bounds = p.Roles.Items[j].Bounds
				}
			}
		}
	}
	c.FilenameTrans = p.FilenameTrans.inLibsepolOrder()
	c.RangeTrans = rangeOrder(p)
	if p.Version < versionAVTab {
		c.AVTab = p.AVTab.inLibsepolOrder(p.Version, false)
	}
	return c
}

// HashOrder returns the indexes of names in the order in which a symbol table of
// libsepol that began with the given number of buckets yields them.
func (h SymbolHash) HashOrder(names []string, buckets uint32) []int {
	type named struct {
		name string
		at   int
	}
	items := make([]named, len(names))
	for i, n := range names {
		items[i] = named{n, i}
	}
	order := make([]int, len(names))
	for i, n := range bySymbolHash(h, items, buckets, func(n *named) string { return n.name }) {
		order[i] = n.at
	}
	return order
}

// HeaderConfig returns the value of [Policy.Config] of a policy.
func HeaderConfig(mls bool, unknown HandleUnknown) uint32 {
	config := uint32(unknown) & configUnknownMask
	if mls {
		config |= configMLS
	}
	return config
}
