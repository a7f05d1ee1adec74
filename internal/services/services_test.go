package services

import (
	"slices"
	"testing"
)

// Each name of a line is a service of it; comments, lines without a port and ports that are
// none are left out (services(5)).
func TestEach(t *testing.T) {
	const table = "# a comment\nhttp\t80/tcp www # WorldWideWeb\ndomain 53/udp\nx\nbig 70000/tcp\n\ny z/tcp\n"
	want := []Service{{"http", "tcp", 80}, {"www", "tcp", 80}, {"domain", "udp", 53}}
	if got := slices.Collect(Each(table)); !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func FuzzEach(f *testing.F) {
	f.Add("http 80/tcp www")
	f.Fuzz(func(t *testing.T, text string) {
		for s := range Each(text) {
			if s.Name == "" {
				t.Errorf("%q has a service without a name", text)
			}
		}
	})
}
