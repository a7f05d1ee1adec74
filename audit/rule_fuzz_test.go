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
		"#==== a_t ==== allow a_t b_t:file read; #!!!! The file '/x' is mislabeled allow c_t d_t:dir search; $ x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r := NewReader(nil, Options{})
		if !r.ruleLine([]byte(line)) {
			if len(r.ready) > 0 {
				t.Fatalf("%q: rules of a line that is none", line)
			}
			return
		}
		if len(r.ready) == 0 || len(r.ready) > maxLineRules*len(line)/len("allow a b:c d;") {
			t.Fatalf("%q: %d rules", line, len(r.ready))
		}
		for _, e := range r.ready {
			again, rest := parseRules(e.Rule.Text)
			if rest != "" || !slices.ContainsFunc(again, func(x Rule) bool {
				return x.SourceType == e.Rule.SourceType && x.TargetType == e.Rule.TargetType &&
					x.Class == e.Rule.Class && slices.Equal(x.Permissions, e.Rule.Permissions)
			}) {
				t.Fatalf("%q: %+v is not in %+v", line, e.Rule, again)
			}
			if a := e.Rule.AVC(); !a.complete() || len(a.Permissions) == 0 {
				t.Fatalf("%q: no denial: %+v", line, a)
			}
		}
	})
}
