package te

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/pp"
)

// level adds a level as written. libsepol and the file have the categories in the reverse
// order of the source.
func (b *builder) level(to *pp.SemanticLevel, l level) {
	s := b.levels.find(l.sens.text)
	if s == nil {
		b.unknown(pp.Levels, "sensitivity", l.sens)
		return
	}
	to.Sens = s.Level.Sens
	for _, name := range l.cats {
		low, high, dot := strings.Cut(name.text, ".")
		a := b.category(ident{low, name.pos})
		z := a
		if dot {
			z = b.category(ident{high, name.pos})
		}
		if a != nil && z != nil {
			to.Categories = append([]pp.CategoryRange{{Low: a.Value, High: z.Value}}, to.Categories...)
		}
	}
}

func (b *builder) category(name ident) *pp.Category {
	c := b.cats.find(name.text)
	if c == nil {
		b.unknown(pp.Categories, "category", name)
	}
	return c
}

// mlsRange adds a range; a single level counts as both.
func (b *builder) mlsRange(to *pp.SemanticRange, low, high level, hasHigh bool) {
	b.level(&to.Low, low)
	if hasHigh {
		b.level(&to.High, high)
		return
	}
	to.High = pp.SemanticLevel{Sens: to.Low.Sens, Categories: slices.Clone(to.Low.Categories)}
}

func (b *builder) rangeTransition(s *rangeStmt) {
	if !b.o.MLS {
		if b.pass == 1 {
			b.bad(s.pos, "a range_transition needs a policy with levels")
		}
		return
	}
	if b.pass == 1 {
		return
	}
	var r pp.RangeTransition
	b.typeSet(&r.Sources, s.sources, false)
	b.typeSet(&r.Targets, s.targets, false)
	b.classSet(&r.Classes, s.classes, s.hasClasses, ident{"", s.pos})
	b.mlsRange(&r.Range, s.low, s.high, s.hasHigh)
	d := b.open.decl
	d.Ranges = append(d.Ranges, r)
}
