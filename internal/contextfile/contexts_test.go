package contextfile

import "testing"

// TestCheckExpressions: what no dialect of regular expressions takes is refused, and what
// PCRE has and Go has not is taken.
func TestCheckExpressions(t *testing.T) {
	if CheckExpressions([]byte("/a(b u:r:t\n"), "") == nil {
		t.Error("an open parenthesis is taken")
	}
	if err := CheckExpressions([]byte("/a(?!b)c u:r:t\n"), ""); err != nil {
		t.Error("what PCRE has and Go has not is refused: ", err)
	}
}
