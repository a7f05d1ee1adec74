package setools

import (
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

func (d *differ) properties() delta {
	var x delta
	property := func(name string, of func(*policy.Policy) string) {
		if was, is := of(d.p[0]), of(d.p[1]); was != is {
			x.modified = append(x.modified, name+" +"+is+" -"+was)
		}
	}
	property("MLS", func(p *policy.Policy) string { return python(p.MLS()) })
	property("handle_unknown", func(p *policy.Policy) string { return p.DB().HandleUnknown().String() })
	property("version", func(p *policy.Policy) string { return itoa(uint64(p.DB().Version)) })
	return x
}

func python(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// memberLines are the lines after the name of a symbol whose members differ: the counts, and a line
// for each.
func memberLines(before, after []string, what, head string) string {
	s := newSetDelta(before, after)
	text := " (" + strings.Join(s.counts(what), ", ") + ")"
	if head != "" {
		text += "\n          " + head
	}
	return text + s.lines()
}

// A setDelta lists the names that a set has gained and lost.
type setDelta struct{ added, removed []string }

func newSetDelta(before, after []string) setDelta {
	var s setDelta
	for _, name := range slices.Sorted(slices.Values(after)) {
		if !slices.Contains(before, name) {
			s.added = append(s.added, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(before)) {
		if !slices.Contains(after, name) {
			s.removed = append(s.removed, name)
		}
	}
	return s
}

func (s *setDelta) empty() bool { return len(s.added)+len(s.removed) == 0 }

func (s *setDelta) counts(what string) (out []string) {
	if n := len(s.added); n > 0 {
		out = append(out, itoa(uint64(n))+" Added "+what)
	}
	if n := len(s.removed); n > 0 {
		out = append(out, itoa(uint64(n))+" Removed "+what)
	}
	return out
}

func (s *setDelta) lines() string {
	var b strings.Builder
	for _, name := range s.added {
		b.WriteString("\n          + " + name)
	}
	for _, name := range s.removed {
		b.WriteString("\n          - " + name)
	}
	return b.String()
}

// symbolDelta compares symbols by name. modified returns "" if the symbol is the same in both policies.
func symbolDelta[T any](before, after map[string]T, modified func(name string, was, is T) string) delta {
	var x delta
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if was, both := before[name]; !both {
			x.added = append(x.added, name)
		} else if text := modified(name, was, after[name]); text != "" {
			x.modified = append(x.modified, name+text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, both := after[name]; !both {
			x.removed = append(x.removed, name)
		}
	}
	return x
}
