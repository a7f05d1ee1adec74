package m4

import (
	"strings"
	"testing"
)

// FuzzExpand: any text is expanded or refused within the bounds, and a text in quotes is
// what the quotes hold.
func FuzzExpand(f *testing.F) {
	for _, c := range rules {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := Options{Work: 1 << 18, Depth: 40, Args: 1 << 16}
		out, err := New(o).Expand("x", text)
		if len(out) > len(text)+o.Work+o.Args*2 {
			t.Errorf("%d bytes of %d, %v", len(out), len(text), err)
		}
		if strings.ContainsAny(text, "`'") {
			return
		}
		if out, err := New(o).Expand("x", "`"+text+"'"); err != nil || string(out) != text {
			t.Errorf("%q in quotes: %q, %v", text, out, err)
		}
	})
}
