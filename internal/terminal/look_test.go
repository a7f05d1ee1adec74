package terminal

import (
	"bytes"
	"testing"
)

// TestColour: the flag takes three words; a stream that is no terminal has colours only with always.
func TestColour(t *testing.T) {
	for text, on := range map[string]bool{"auto": false, "always": true, "never": false} {
		var c Colour
		if err := c.Set(text); err != nil || c.String() != text || c.On(&bytes.Buffer{}) != on {
			t.Errorf("%s: %v, %v", text, err, c.On(&bytes.Buffer{}))
		}
	}
	var c Colour
	if err := c.Set("yes"); err == nil {
		t.Error("yes is taken")
	}
}

// TestWidth: COLUMNS comes before the terminal, and only a number above 0 counts.
func TestWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "0": 0, "-3": 0, "x": 0, "132": 132} {
		t.Setenv("COLUMNS", text)
		if got := Width(&bytes.Buffer{}); got != want {
			t.Errorf("COLUMNS=%q: %d, want %d", text, got, want)
		}
	}
}

// TestShowStatus: nothing is shown where there is no terminal.
func TestShowStatus(t *testing.T) {
	var b bytes.Buffer
	ShowStatus(&b, "reading", func() string { return "more" })()
	if b.Len() > 0 {
		t.Errorf("%q", b.String())
	}
}
