package te

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/internal/pp"
)

// xpermRules makes the rules of extended permissions: one for the drivers with all commands, and
// one for each driver with some commands.
func (b *builder) xpermRules(s *ruleStmt) []pp.Rule {
	r := pp.Rule{Kind: s.kind, File: s.sourceFile, Line: s.sourceLine}
	all := s.kind == pp.RuleNeverallowX
	b.typeSet(&r.Sources, s.sources, all)
	if b.targets(&r.Targets, s.targets, all) {
		r.Flags = pp.RuleSelf
	}
	for _, c := range b.ruleClasses(s) {
		value := permValue(c, s.xperm.text)
		if value == 0 {
			b.noPerm(s.xperm, c)
			continue
		}
		r.Classes = append(r.Classes, pp.ClassData{Class: c.Value, Data: 1 << (value - 1)})
	}
	if s.xperm.text != "ioctl" {
		b.bad(s.xperm.pos, "only ioctl can have extended permissions")
		return nil
	}
	ranges := merged(s.numbers)
	var rules []pp.Rule
	add := func(x *pp.Xperms) {
		if x.Perms == [8]uint32{} {
			return
		}
		own := r
		own.Xperms = x
		rules = append(rules, own)
	}
	whole := wholeDrivers(ranges)
	add(whole)
	for driver := range 256 {
		if partOf(ranges, whole, driver) {
			add(commands(ranges, driver))
		}
	}
	return rules
}

// A span is a range of numbers. It wraps at 16 bits as in checkmodule: after an overflow in
// checkmodule the high end of a span may be below the low one.
type span struct{ low, high uint16 }

// merged returns the numbers in ascending order without overlaps, or their complement.
func merged(numbers []number) []span {
	var all []span
	other := false
	for _, n := range numbers {
		if n.other {
			other = true
			continue
		}
		all = append(all, span{n.low, n.high})
	}
	slices.SortStableFunc(all, func(a, b span) int { return cmp.Compare(a.low, b.low) })
	some := all[:1]
	for _, s := range all[1:] {
		if last := &some[len(some)-1]; uint32(last.high)+1 >= uint32(s.low) {
			last.high = max(last.high, s.high)
			continue
		}
		some = append(some, s)
	}
	if other {
		return gaps(some)
	}
	return some
}

// gaps returns the commands that are in no span, as checkmodule does: if the spans reach the last
// number, the last gap has all numbers, and if a single span begins with 0, its gap ends at 0.
func gaps(spans []span) []span {
	all := make([]span, 1)
	if spans[0].low == 0 {
		all[0].low = spans[0].high + 1
		spans = spans[1:]
	}
	for i, s := range spans {
		all[len(all)-1].high = s.low - 1
		gap := span{low: s.high + 1}
		if i == len(spans)-1 {
			gap.high = 0xffff
		}
		all = append(all, gap)
	}
	return all
}

// wholeDrivers returns the drivers whose 256 commands are all in a span.
func wholeDrivers(spans []span) *pp.Xperms {
	x := &pp.Xperms{Kind: pp.XpermsDriver}
	for _, s := range spans {
		first, end := int(s.low)>>8, (int(s.high)+1)>>8
		if s.low&0xff != 0 {
			first++
		}
		for driver := first; driver < end; driver++ {
			x.Add(driver)
		}
	}
	return x
}

// partOf reports whether a span begins or ends in a driver that is not whole.
func partOf(spans []span, whole *pp.Xperms, driver int) bool {
	if whole.Has(driver) {
		return false
	}
	return slices.ContainsFunc(spans, func(s span) bool { return int(s.low)>>8 == driver || int(s.high)>>8 == driver })
}

// commands returns the commands of one driver.
func commands(spans []span, driver int) *pp.Xperms {
	x := &pp.Xperms{Kind: pp.XpermsFunction, Driver: uint8(driver)}
	for _, s := range spans {
		low, high := int(s.low), int(s.high)
		switch {
		case low>>8 == driver:
			high = min(high, driver<<8|0xff)
		case high>>8 == driver:
			low = max(low, driver<<8)
		default:
			continue
		}
		addBits(x, low&0xff, high&0xff)
	}
	return x
}

// addBits sets the bits from low to high. If high is below low, it gives the same result as
// checkmodule's arithmetic.
func addBits(x *pp.Xperms, low, high int) {
	below := func(bit, word int) uint32 {
		switch {
		case bit <= word<<5:
			return 0
		case bit >= (word+1)<<5:
			return ^uint32(0)
		}
		return 1<<(bit&31) - 1
	}
	for word := low >> 5; word <= high>>5; word++ {
		x.Perms[word] |= below(high+1, word) - below(low, word)
	}
}
