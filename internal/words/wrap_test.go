package words

import (
	"strings"
	"testing"
)

// TestCells: two cells stand in one line as long as the writer is wide enough.
func TestCells(t *testing.T) {
	for _, c := range []struct {
		width int
		want  string
	}{
		{60, "  a b        yes"}, {16, "  a b        yes"}, {15, "  a b\n  yes"}, {4, "  a\n  b\n  yes"},
	} {
		if got := layOut("  "+string(Cells("a b", 9, "yes", 2)), c.width); got != c.want {
			t.Errorf("width %d: got %q, want %q", c.width, got, c.want)
		}
	}
	long := strings.Repeat("x", 90)
	if got := layOut(string(Cells(long, 0, "yes", 0)), columns); got != long+"  yes" {
		t.Errorf("a long line is broken: %q", got)
	}
	if got := layOut(string(Cells("a\x03b\x01", 0, "c\x02", 0)), 80); strings.ContainsAny(got, "\x01\x02\x03") {
		t.Errorf("a mark in a text stays: %q", got)
	}
}
