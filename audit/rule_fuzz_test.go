package audit

import (
	"slices"
	"testing"
)

// FuzzRules: no panic, and what was read as rules is read again from the text of each rule.
func FuzzRules(f *testing.F) {
	for _, s := range []string{
		"allow a_t b_t:file { open read };", "allow { a_t b_t } self:{ file dir } read; # x",
		"allow a_t b_t:file read; allow c_t d_t:dir search;", "12:allow a:b", "allow { a { b } } c:file read;",
		"- `allow a_t b_t : file read ;`", "allow a_t -b_t:file ~read;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		at := ruleAt([]byte(line))
		if at < 0 {
			return
		}
		rules, ok := parseRules(line[at:])
		if !ok {
			return
		}
		if len(rules) == 0 || len(rules) > maxLineRules {
			t.Fatalf("%q: %d rules", line, len(rules))
		}
		for i := range rules {
			r := &rules[i]
			again, ok := parseRules(r.Text)
			if !ok || !slices.ContainsFunc(again, func(x Rule) bool {
				return x.SourceType == r.SourceType && x.TargetType == r.TargetType && x.Class == r.Class &&
					slices.Equal(x.Permissions, r.Permissions)
			}) {
				t.Fatalf("%q: %+v is not in %+v", line, r, again)
			}
			if a := r.AVC(); !a.complete() || len(a.Permissions) == 0 {
				t.Fatalf("%q: no denial: %+v", line, a)
			}
		}
	})
}
