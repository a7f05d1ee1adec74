package audit

import "testing"

// TestHunk reads the rules that a unified diff adds, and none of those that it shows or removes (diff(1), unified
// format: a blank, - or + before each line of a hunk, whose lengths are in its head).
func TestHunk(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"added alone", `--- a/foo.te
+++ b/foo.te
@@ -7,4 +7,6 @@ policy_module(foo, 1.0)
 allow foo_t bar_t:dir search;
-allow foo_t baz_t:file read;
+allow foo_t baz_t:file { read open };
+allow foo_t qux_t:dir search;
 
 allow foo_t bar_t:file read;
`, []string{"allow foo_t baz_t:file { read open };", "allow foo_t qux_t:dir search;"}},
		{"the text goes on behind it", "@@ -1 +1,2 @@\n a\n+allow a_t b_t:dir search;\nallow c_t d_t:dir search;\n",
			[]string{"allow a_t b_t:dir search;", "allow c_t d_t:dir search;"}},
		{"a wrong length ends with the diff", "@@ -1,90 +1,90 @@\n a\n```\nallow c_t d_t:dir search;\n",
			[]string{"allow c_t d_t:dir search;"}},
		{"no head", "@@ words\n allow c_t d_t:dir search;\n", []string{"allow c_t d_t:dir search;"}},
		{"two hunks", "@@ -1 +1,2 @@\n a\n+b\n@@ -9,2 +10,2 @@\n allow a_t b_t:dir search;\n" +
			"+allow c_t d_t:dir search;\n", []string{"allow c_t d_t:dir search;"}},
	} {
		events, _ := Parse(tt.text, Options{})
		var got []string
		for _, e := range events {
			if e.Rule != nil {
				got = append(got, e.Rule.Text)
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %q, want %q", tt.name, got[i], tt.want[i])
			}
		}
	}
}
