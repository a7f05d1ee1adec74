package policy

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A Level is a sensitivity with a set of categories.
type Level = policydb.Level

// A Range goes from one level to another that dominates it.
type Range = policydb.Range

// Dominates reports whether a dominates b: its sensitivity is at least b's and
// it has all of b's categories. It mirrors mls_level_dom.
func Dominates(a, b Level) bool { return a.Sens >= b.Sens && containsBits(a.Cats, b.Cats) }

// SameLevel reports whether two levels are equal. It mirrors mls_level_eq.
func SameLevel(a, b Level) bool {
	return a.Sens == b.Sens && containsBits(a.Cats, b.Cats) && containsBits(b.Cats, a.Cats)
}

// containsBits reports whether every bit of b is in a.
func containsBits(a, b policydb.Bitmap) bool {
	if a == b || b.IsEmpty() {
		return true
	}
	for bit := range b.All() {
		if !a.Has(bit) {
			return false
		}
	}
	return true
}

// rangeContains mirrors mls_range_contains.
func rangeContains(outer, inner Range) bool {
	return Dominates(inner.Low, outer.Low) && Dominates(outer.High, inner.High)
}

// validLevel reports whether the sensitivity exists and may have the
// categories. It mirrors mls_level_isvalid.
func (t *tables) validLevel(l Level) bool {
	s := t.SensitivityInfo(SensID(l.Sens))
	return s != nil && containsBits(s.Level.Cats, l.Cats)
}

// ParseRange reads a range such as "s0", "s0:c1,c3" or "s0-s15:c0.c1023", as the
// kernel writes it: without blanks.
func (t *tables) ParseRange(s string) (Range, error) {
	low, high, two := strings.Cut(s, "-")
	var r Range
	var err error
	if r.Low, err = t.ParseLevel(low); err != nil {
		return Range{}, err
	}
	r.High, r.Single = r.Low, true
	if two {
		if r.High, err = t.ParseLevel(high); err != nil {
			return Range{}, err
		}
		r.Single = r.High == r.Low
	}
	return r, nil
}

// ParseLevel reads a level: a sensitivity, and after a colon categories
// separated by commas, with a dot between the ends of a span. It mirrors
// mls_context_to_sid.
func (t *tables) ParseLevel(s string) (Level, error) {
	name, cats, hasCats := strings.Cut(s, ":")
	sens, ok := t.Sensitivity(name)
	if !ok {
		return Level{}, fmt.Errorf("no sensitivity %q", name)
	}
	level := Level{Sens: uint32(sens)}
	if !hasCats {
		return level, nil
	}
	set := NewSet(t.MaxCategory())
	for _, span := range strings.Split(cats, ",") {
		first, last, isSpan := strings.Cut(span, ".")
		lo, ok := t.Category(first)
		if !ok {
			return Level{}, fmt.Errorf("no category %q", first)
		}
		hi := lo
		if isSpan {
			if hi, ok = t.Category(last); !ok {
				return Level{}, fmt.Errorf("no category %q", last)
			}
			if hi <= lo {
				return Level{}, fmt.Errorf("category span %q does not ascend", span)
			}
		}
		for c := lo; c <= hi; c++ {
			set.Add(c)
		}
	}
	bits := make([]uint32, 0, set.Len())
	for c := range set.All() {
		bits = append(bits, uint32(c)-1)
	}
	level.Cats = policydb.BitmapOf(bits...)
	return level, nil
}

// FormatRange writes a range as the kernel does: one level if both ends are equal.
func (t *tables) FormatRange(r Range) string {
	if SameLevel(r.Low, r.High) {
		return t.FormatLevel(r.Low)
	}
	return t.FormatLevel(r.Low) + "-" + t.FormatLevel(r.High)
}

// FormatLevel writes a level as the kernel does (mls_sid_to_context): a dot
// between the ends of a span of three or more categories, a comma elsewhere.
func (t *tables) FormatLevel(l Level) string {
	var b strings.Builder
	b.WriteString(t.SensitivityName(SensID(l.Sens)))
	sep := byte(':')
	first, last := int64(-2), int64(-2)
	flush := func() {
		if first < 0 {
			return
		}
		b.WriteByte(sep)
		sep = ','
		b.WriteString(t.CategoryName(CatID(first + 1)))
		if last > first {
			if last > first+1 {
				b.WriteByte('.')
			} else {
				b.WriteByte(',')
			}
			b.WriteString(t.CategoryName(CatID(last + 1)))
		}
	}
	for bit := range l.Cats.All() {
		if int64(bit) != last+1 {
			flush()
			first = int64(bit)
		}
		last = int64(bit)
	}
	flush()
	return b.String()
}
