package statefile

import (
	"bytes"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestWriteForLibrary: every reader of YAML reads the same texts in the output.
func TestWriteForLibrary(t *testing.T) {
	words := []string{"a_t", "tcp", "5601", "8000-8010", "94dec401", "0acdf", "0xacdf", "12e4", "0b1a", "1_0",
		"s0:c0.c1023", "s0-s15:c0.c1023", "10.0.0.0/8", "2001:db8::/32", "::1", "on", "No",
		"null", "~", "", "-", "- a", "a: b", "a #b", "1e3", "0x1f", ".5",
		"2001-01-01", "é", "\u202e", "a\nb", "\"'\\", "&a", "*a", "[a]", "a:", "true"}
	for _, w := range words {
		s := &State{
			Base:     &Base{Store: w, Commit: 7, Policy: w},
			Ports:    []Port{{Type: w, Proto: "tcp", Port: Scalar(w), Range: w}, {Port: "1"}},
			Booleans: map[string]bool{w + "x": true, "b": false}, Exclusive: []string{"port", "x" + w},
		}
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		var their struct {
			Base struct {
				Store, Policy string
				Commit        int
			}
			Ports     []struct{ Type, Proto, Port, Range string }
			Booleans  map[string]bool
			Exclusive []string
		}
		if err := yaml.Unmarshal(b.Bytes(), &their); err != nil {
			t.Fatalf("%q: %v\n%s", w, err, &b)
		}
		p := their.Ports[0]
		if their.Base.Store != w || their.Base.Policy != w || p.Type != w || p.Port != w || p.Range != w ||
			!their.Booleans[w+"x"] || their.Exclusive[1] != "x"+w {
			t.Errorf("%q: the library reads %+v\n%s", w, their, &b)
		}
		if w == "" {
			continue // no exclusive kind is called x, which is not read here
		}
		again, err := Read("again", &b)
		if err != nil || again.Base.Store != w || string(again.Ports[0].Port) != w || !again.Booleans[w+"x"] {
			t.Errorf("%q: read again: %+v, %v", w, again, err)
		}
	}
}
