package semanage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// parseRange reads a level or a range of levels as mls_context_to_sid of
// libsepol does: sensitivities and categories by name or alias, categories as a
// list of names and of ranges c0.c3.
func (p *policyNames) parseRange(s string) (policydb.Range, error) {
	bad := func() (policydb.Range, error) { return policydb.Range{}, fmt.Errorf("%w: range %q", ErrContext, s) }
	end := strings.IndexAny(s, ":-")
	low, rest := s, ""
	delim := byte(0)
	if end >= 0 {
		low, delim, rest = s[:end], s[end], s[end+1:]
	}
	var levels [2]policydb.Level
	for l := range levels {
		sens, ok := p.sensitivity(low)
		if !ok {
			return bad()
		}
		levels[l].Sens = sens
		if delim == ':' {
			var cats []uint32
			for {
				i := strings.IndexAny(rest, ",-")
				item := rest
				delim = 0
				if i >= 0 {
					item, delim, rest = rest[:i], rest[i], rest[i+1:]
				}
				if cats, ok = p.appendCategories(cats, item); !ok {
					return bad()
				}
				if delim != ',' {
					break
				}
			}
			levels[l].Cats = policydb.BitmapOf(cats...)
		}
		if delim != '-' {
			if l == 0 {
				levels[1] = levels[0]
			}
			break
		}
		low, delim = rest, 0
		if i := strings.IndexByte(rest, ':'); i >= 0 {
			low, delim, rest = rest[:i], ':', rest[i+1:]
		}
	}
	return policydb.Range{Low: levels[0], High: levels[1], Single: levels[0] == levels[1]}, nil
}

// appendCategories appends the bits of a category or a range of them.
func (p *policyNames) appendCategories(cats []uint32, item string) ([]uint32, bool) {
	first, last, ranged := strings.Cut(item, ".")
	lo, ok := p.category(first)
	if !ok {
		return nil, false
	}
	if !ranged {
		return append(cats, lo-1), true
	}
	hi, ok := p.category(last)
	if !ok || lo >= hi || hi > p.db.Categories.NPrim {
		return nil, false
	}
	for c := lo; c <= hi; c++ {
		cats = append(cats, c-1)
	}
	return cats, true
}

// rangeText prints a range as mls_sid_to_context does.
func (p *policyNames) rangeText(r policydb.Range) string {
	s := p.levelText(r.Low)
	if r.Low != r.High {
		s += "-" + p.levelText(r.High)
	}
	return s
}

func (p *policyNames) levelText(l policydb.Level) string {
	s := p.sensitivityName(l.Sens)
	cats := slices.Collect(l.Cats.All())
	sep := ":"
	for i := 0; i < len(cats); {
		j := i
		for j+1 < len(cats) && cats[j+1] == cats[j]+1 {
			j++
		}
		s += sep + p.categoryName(cats[i]+1)
		sep = ","
		switch {
		case j == i+1:
			s += "," + p.categoryName(cats[j]+1)
		case j > i+1:
			s += "." + p.categoryName(cats[j]+1)
		}
		i = j + 1
	}
	return s
}

// dominates reports whether a is at least b.
func dominates(a, b policydb.Level) bool {
	if a.Sens < b.Sens {
		return false
	}
	return subset(b.Cats, a.Cats)
}

// subset reports whether b has every bit of a.
func subset(a, b policydb.Bitmap) bool {
	for bit := range a.All() {
		if !b.Has(bit) {
			return false
		}
	}
	return true
}
