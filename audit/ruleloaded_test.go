package audit

import "testing"

// TestSaysLoaded: sentences that say that the rules behind them are loaded, and those that say something else.
func TestSaysLoaded(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"So far I have added these two:", true},
		{"Our current policy:", true},
		{"we already have a module with", true},
		{"I loaded a module with the following", true},
		{"audit2allow wants these, though I already added some", false},
		{"Should these already be in the current policy?", false},
		{"these are not in the current policy", false},
		{"the missing rules are", false},
		{"denials so far have been", false},
	} {
		if got := saysLoaded([]byte(tt.text)); got != tt.want {
			t.Errorf("%q: %t", tt.text, got)
		}
	}
}
