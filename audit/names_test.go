package audit

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// TestNames: equal texts have one number, others others, however many there are,
// of whatever length.
func TestNames(t *testing.T) {
	s := newNames()
	if s.find([]byte("a")) != 0 || s.text(0) != nil || s.len() != 0 {
		t.Error("something in nothing")
	}
	known := make(map[string]int32)
	r := rand.New(rand.NewSource(5601))
	for i := range 100_000 {
		text := fmt.Sprint(r.Intn(40_000))
		if i%1000 == 0 {
			text = strings.Repeat("x", r.Intn(3*pieceSize))
		}
		want, ok := known[text]
		if got := s.find([]byte(text)); got != want {
			t.Fatalf("%.20q has number %d, want %d", text, got, want)
		}
		got := s.number([]byte(text))
		if !ok {
			want = int32(len(known) + 1)
			known[text] = want
		}
		if got != want || s.len() != len(known) {
			t.Fatalf("%.20q gets number %d of %d, want %d of %d", text, got, s.len(), want, len(known))
		}
	}
	for text, n := range known {
		if string(s.text(n)) != text {
			t.Fatalf("%d is %.20q, want %.20q", n, s.text(n), text)
		}
	}
}
