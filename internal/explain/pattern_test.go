package explain

import (
	"strings"
	"testing"
)

// TestPatternsOfOne: a page that is about one interface answers for it, though the
// pattern of a page about many, such as corenet_<P>_bind_<X>_port, fits it too.
func TestPatternsOfOne(t *testing.T) {
	b := open(t)
	asked := 0
	for _, p := range b.pages {
		for _, name := range p.names {
			if p.kind != KindInterface || strings.Contains(name, "<X>") || !strings.Contains(name, "<") {
				continue
			}
			for _, protocol := range append([]string{""}, p.protocols...) {
				word := strings.NewReplacer("<P>", protocol, "<CS>", "client").Replace(name)
				with, ok := matchName(name, word, p.protocols)
				if !ok {
					continue // no protocol where one is needed
				}
				got := b.findPattern(word)
				if want := with.fillPage(p); len(got) != 1 || got[0].title != want.title {
					t.Errorf("%s: %v, want the page %q", word, got, want.title)
				}
				asked++
			}
		}
	}
	if asked < 10 {
		t.Errorf("only %d names were asked about", asked)
	}
}
