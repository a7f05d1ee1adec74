package sepolgencli

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A vector is the access of one source to one target, with the records that need it.
type vector struct {
	source, target, class string
	perms                 []string // sorted
	verdict               verdict
	records               []*record
	commands              []commandRange // of ioctl, sorted
}

type commandRange struct{ low, high uint64 }

// vectors joins the refused accesses of a log by source, target, class and cause. They come in the order of their first
// records: by source, then by target.
func vectors(l *log, only *regexp.Regexp) []*vector {
	type key struct {
		source, target, class string
		cause                 cause
	}
	known := map[key]*vector{}
	var list []*vector
	sources, targets := map[string]int{}, map[[2]string]int{}
	for _, a := range l.avcs {
		if a.granted || only != nil && !begins(only, a.source.typ) && !begins(only, a.target.typ) {
			continue
		}
		k := key{a.source.typ, a.target.typ, a.class, a.verdict.cause}
		v := known[k]
		if v == nil {
			v = &vector{source: a.source.typ, target: a.target.typ, class: a.class, verdict: a.verdict}
			known[k] = v
			list = append(list, v)
		}
		if _, ok := sources[v.source]; !ok {
			sources[v.source] = len(sources)
		}
		if _, ok := targets[[2]string{v.source, v.target}]; !ok {
			targets[[2]string{v.source, v.target}] = len(targets)
		}
		v.perms = append(v.perms, a.perms...)
		v.records = append(v.records, a)
		if a.ioctl != 0 {
			v.commands = append(v.commands, commandRange{a.ioctl, a.ioctl})
		}
	}
	for _, v := range list {
		slices.Sort(v.perms)
		v.perms = slices.Compact(v.perms)
		v.commands = joined(v.commands)
	}
	slices.SortStableFunc(list, func(a, b *vector) int {
		return cmp.Or(cmp.Compare(sources[a.source], sources[b.source]),
			cmp.Compare(targets[[2]string{a.source, a.target}], targets[[2]string{b.source, b.target}]))
	})
	return list
}

// begins reports whether an expression matches at the beginning of a text.
func begins(only *regexp.Regexp, text string) bool {
	at := only.FindStringIndex(text)
	return at != nil && at[0] == 0
}

// joined sorts ranges and joins ranges that overlap or are adjacent.
func joined(list []commandRange) (out []commandRange) {
	slices.SortFunc(list, func(a, b commandRange) int {
		return cmp.Or(cmp.Compare(a.low, b.low), cmp.Compare(a.high, b.high))
	})
	for _, r := range list {
		if n := len(out); n > 0 && r.low <= out[n-1].high+1 {
			out[n-1].high = max(out[n-1].high, r.high)
			continue
		}
		out = append(out, r)
	}
	return out
}

// set writes names as rules do.
func set(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "{ " + strings.Join(names, " ") + " }"
}

// object returns the target as rules name it.
func (v *vector) object() string {
	if v.source == v.target {
		return "self"
	}
	return v.target
}

// keyword returns the word that a rule begins with.
func keyword(dontaudit bool) string {
	if dontaudit {
		return "dontaudit"
	}
	return "allow"
}

// rule writes the rule.
func (v *vector) rule(dontaudit bool) string {
	return fmt.Sprintf("%s %s %s:%s %s;", keyword(dontaudit), v.source, v.object(), v.class, set(v.perms))
}

// numbers writes the ioctl commands. span is the format of a range with several commands.
func (v *vector) numbers(span string) (list []string) {
	for _, r := range v.commands {
		if r.low == r.high {
			list = append(list, fmt.Sprintf("%#x", r.low))
		} else {
			list = append(list, fmt.Sprintf(span, r.low, r.high))
		}
	}
	return list
}

// commandRule writes the rule for the ioctl commands.
func (v *vector) commandRule(dontaudit bool) string {
	text := strings.Join(v.numbers("%#x-%#x"), " ")
	if len(v.commands) > 1 || v.commands[0].low != v.commands[0].high {
		text = "{ " + text + " }"
	}
	return fmt.Sprintf("%sxperm %s %s:%s ioctl %s;", keyword(dontaudit), v.source, v.object(), v.class, text)
}

// ruleCIL writes the rule in CIL.
func (v *vector) ruleCIL(dontaudit bool) string {
	return fmt.Sprintf("(%s %s %s (%s (%s)))", keyword(dontaudit), v.source, v.object(), v.class,
		strings.Join(v.perms, " "))
}

// commandRuleCIL writes the rule for the ioctl commands in CIL.
func (v *vector) commandRuleCIL(dontaudit bool) string {
	return fmt.Sprintf("(%sx %s %s (ioctl %s (%s)))", keyword(dontaudit), v.source, v.object(), v.class,
		strings.Join(v.numbers("(range %#x %#x)"), " "))
}

// roleTypes returns the types that roles lack, by role.
func roleTypes(l *log, only *regexp.Regexp) map[string][]string {
	roles := map[string][]string{}
	for _, r := range l.roles {
		if only == nil || begins(only, r.invalid.typ) || begins(only, r.source.typ) || begins(only, r.target.typ) {
			roles[r.invalid.role] = append(roles[r.invalid.role], r.invalid.typ)
		}
	}
	for role, types := range roles {
		slices.Sort(types)
		roles[role] = slices.Compact(types)
	}
	return roles
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
