package access

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A sourceRow is the sum of all active rules for one source type, by class and target as written.
// Rules with the same three are joined.
type sourceRow struct {
	classes [4]uint64    // bit n: there is a run for a class that is n modulo 256
	runs    []run        // by class modulo 256, then class: policies in use have at most 256 classes
	targets []uint16     // of each entry: the number of a shared id, or a type
	data    []teDecision // of each entry
}

// A run is the entries of one class: first those with a shared id as target, then those with a
// single type, ascending.
type run struct {
	start        uint32
	attrs, types uint16
	class        uint16
}

// run returns the run of a class; it is empty if the source has no rules for the class.
func (row *sourceRow) run(class policy.ClassID) run {
	word, bit := class/64%4, class%64
	mask := row.classes[word]
	if mask>>bit&1 == 0 {
		return run{}
	}
	before := bits.OnesCount64(mask & (1<<bit - 1))
	for _, w := range row.classes[:word] {
		before += bits.OnesCount64(w)
	}
	// Only classes above 255 can come later.
	for ; before < len(row.runs); before++ {
		if policy.ClassID(row.runs[before].class) == class {
			return row.runs[before]
		}
	}
	return run{}
}

const (
	runSize   = 12
	entrySize = 14
	// maxRowSize bounds the rows. The largest policies in use need about 20 MB.
	maxRowSize = 128 << 20
)

// A rowBuilder is the temporary memory for building rows.
type rowBuilder struct {
	rules []indexRule // of one source type
	next  []uint32    // by class
	keys  []uint64
	sort  []indexRule
}

// row builds the row of a source type.
func (x *index) row(source policy.TypeID) *sourceRow {
	if x.rowSize > maxRowSize {
		clear(x.rows)
		x.rowSize = 0
	}
	row := &sourceRow{}
	x.rows[source] = row
	b := &x.build
	b.rules = append(b.rules[:0], x.rulesFrom(source)...)
	if maps := x.p.DB().TypeAttrMap; source > 0 && int(source) <= len(maps) {
		for bit := range maps[source-1].All() {
			if a := policy.TypeID(bit + 1); a != source {
				b.rules = append(b.rules, x.rulesFrom(a)...)
			}
		}
	}
	if len(b.rules) == 0 {
		return row
	}
	classes := int(x.p.MaxClass()) + 1
	b.byClass(classes)
	row.targets = make([]uint16, 0, len(b.rules))
	row.data = make([]teDecision, 0, len(b.rules))
	for first := 0; first < len(b.sort); {
		class := b.sort[first].class
		last := first + 1
		for last < len(b.sort) && b.sort[last].class == class {
			last++
		}
		x.addRun(row, class, b.sort[first:last])
		first = last
	}
	if classes > 256 {
		slices.SortFunc(row.runs, func(a, b run) int {
			return cmp.Or(cmp.Compare(a.class%256, b.class%256), cmp.Compare(a.class, b.class))
		})
	}
	if len(row.targets) < cap(row.targets)*3/4 {
		row.targets, row.data = slices.Clip(slices.Clone(row.targets)), slices.Clip(slices.Clone(row.data))
	}
	x.rowSize += cap(row.runs)*runSize + cap(row.targets)*entrySize
	return row
}

func (x *index) rulesFrom(written policy.TypeID) []indexRule {
	if int(written)+1 >= len(x.start) {
		return nil
	}
	return x.rules[x.start[written]:x.start[written+1]]
}

// byClass sorts the collected rules by class.
func (b *rowBuilder) byClass(classes int) {
	if len(b.next) < classes+1 {
		b.next = make([]uint32, classes+1)
	}
	clear(b.next)
	for i := range b.rules {
		b.next[b.rules[i].class+1]++
	}
	for c := 1; c <= classes; c++ {
		b.next[c] += b.next[c-1]
	}
	b.sort = slices.Grow(b.sort[:0], len(b.rules))[:len(b.rules)]
	for i := range b.rules {
		at := &b.next[b.rules[i].class]
		b.sort[*at] = b.rules[i]
		*at++
	}
}

// addRun sorts the rules of one class by target, joins those with the same target and appends them
// to the row.
func (x *index) addRun(row *sourceRow, class uint16, rules []indexRule) {
	const single = 1 << 63 // sorts single types after shared ids
	keys := x.build.keys[:0]
	for i := range rules {
		target := uint64(rules[i].target) | single>>32
		if s := x.shared[rules[i].target]; s != 0 {
			target = uint64(s)
		}
		keys = append(keys, target<<32|uint64(i))
	}
	x.build.keys = keys
	slices.Sort(keys)
	r := run{start: uint32(len(row.targets)), class: class}
	before := uint64(0)
	for i, key := range keys {
		if i == 0 || key>>32 != before {
			before = key >> 32
			row.targets = append(row.targets, uint16(before))
			row.data = append(row.data, teDecision{auditDeny: ^policy.AccessVector(0)})
			if key&single != 0 {
				r.types++
			} else {
				r.attrs++
			}
		}
		rule := &rules[uint32(key)]
		row.data[len(row.data)-1].add(rule.kind, rule.data)
	}
	row.runs = append(row.runs, r)
	row.classes[class/64%4] |= 1 << (class % 64)
}
