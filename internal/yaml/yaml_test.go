package yaml

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/senet-selinux/senet/internal/testenv"
)

// yamlSeeds are texts with everything that the reader knows.
var yamlSeeds = []string{
	"a: b\n",
	"a:\n- b\n- c: d\n  e: f\n-\n  g: h\n",
	"a:\n  - - b\n    - c\n  - d\n",
	"# x\n---\na: 1 # y\n...\n",
	"a: {b: c, d: [e, f], 'g': \"h\"}\n",
	"[a, b, {c: d}]\n",
	"a: [\n  b, # x\n  c\n  ]\n",
	"'a b': \"c\\n\\x41\\u00e9\"\n",
	"a:\nb: ~\nc: null\n",
	"- a\n- b\n",
	"a:\n  b:\n    c: d\n  e: f\n",
	"a: 'it''s'\n",
	"a: s0:c0.c1023\nb: 10.0.0.0/8\nc: 2001:db8::1\n",
	"a: {b, c: }\n",
	"a: b#c\nd: -1\ne: ?x\nf: :x\n",
	"\ufeffa: b\r\nc: d\r\n",
	"a:\n\n  # x\n  b: c\n\nd: e",
	"word",
	"a: |\n  b\n\n   c # d\n\ne: |- # f\n g: h\n\n# i\n",
	"- a: |\n    (b\n      c)\n  d: e\n",
	"a:\n  b: |-\n     c\n     ---\n     \td\n  e:\n  - f: |\n      g",
	"\"text\": 1\n",
	"base: {store: default, commit: 7}\nports:\n  - {type: http_port_t, proto: tcp, port: 5601}\n" +
		"booleans:\n  x: on\nexclusive: [port]\n",
}

// TestYAMLAgainstLibrary: a text that the reader accepts has the same meaning for the YAML library:
// it reads a part of YAML, and nothing otherwise.
func TestYAMLAgainstLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 1))
	seeds := yamlSeeds
	all, err := os.ReadFile("../statefile/testdata/all.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seeds = append(seeds, string(all))
	taken := 0
	for i := range testenv.Rounds(40_000, 4_000_000) {
		text := seeds[i%len(seeds)]
		if i >= len(seeds) {
			text = mutated(rng, text)
		}
		same, complaint := againstLibrary(text)
		if complaint != "" {
			t.Fatalf("%q: %s", text, complaint)
		}
		if same {
			taken++
		} else if i < len(seeds) {
			t.Errorf("%q is not read", text)
		}
	}
	t.Logf("%d taken", taken)
	if taken < 2000 {
		t.Error("too few")
	}
}

// mutated changes a text in a few places.
func mutated(rng *rand.Rand, text string) string {
	const signs = " \n-:,[]{}#'\"\\ab10~?&*!|>%@`\t\r."
	b := []byte(text)
	for range 1 + rng.IntN(4) {
		at := rng.IntN(len(b) + 1)
		c := signs[rng.IntN(len(signs))]
		switch rng.IntN(3) {
		case 0:
			b = append(b[:at:at], append([]byte{c}, b[at:]...)...)
		case 1:
			if at < len(b) {
				b[at] = c
			}
		default:
			if end := min(len(b), at+rng.IntN(4)); at < end {
				b = append(b[:at:at], b[end:]...)
			}
		}
	}
	return string(b)
}

// againstLibrary reports whether a text is accepted, and fails if the library reads it as something
// else.
func againstLibrary(text string) (taken bool, complaint string) {
	own, more, err := Parse(text)
	if err != nil {
		var where *Error
		if !errors.As(err, &where) || where.Line < 1 {
			return false, err.Error()
		}
		return false, ""
	}
	if own == nil || own.Null() || more > 0 {
		return false, "" // nothing in it, or too much, which are errors too
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	var their yaml.Node
	if err := d.Decode(&their); errors.Is(err, io.EOF) {
		return true, "the library finds nothing"
	} else if err != nil {
		return true, "the library: " + err.Error()
	}
	var second yaml.Node
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return true, fmt.Sprintf("one document; the library: %v", err)
	}
	return true, differs(own, their.Content[0])
}

func differs(own *Node, their *yaml.Node) string {
	switch {
	case own.kind == scalar && their.Kind == yaml.ScalarNode:
		if own.Null() != (their.Tag == "!!null") || !own.Null() && own.text != their.Value {
			return fmt.Sprintf("%q; the library has %q %s", own.text, their.Value, their.Tag)
		}
		return ""
	case own.kind == list && their.Kind == yaml.SequenceNode && len(own.items) == len(their.Content):
		for i := range own.items {
			if d := differs(&own.items[i], their.Content[i]); d != "" {
				return d
			}
		}
		return ""
	case own.kind == mapping && their.Kind == yaml.MappingNode && 2*len(own.items) == len(their.Content):
		for i := range own.items {
			if own.keys[i].line != their.Content[2*i].Line {
				return fmt.Sprintf("%q at line %d; the library has line %d",
					own.keys[i].text, own.keys[i].line, their.Content[2*i].Line)
			}
			if d := differs(&own.keys[i], their.Content[2*i]) + differs(&own.items[i], their.Content[2*i+1]); d != "" {
				return d
			}
		}
		return ""
	}
	return fmt.Sprintf("kind %d with %d; the library has kind %d with %d",
		own.kind, len(own.items), their.Kind, len(their.Content))
}

// FuzzYAML is TestYAMLAgainstLibrary for any text.
func FuzzYAML(f *testing.F) {
	for _, text := range yamlSeeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, complaint := againstLibrary(text); complaint != "" {
			t.Fatal(complaint)
		}
	})
}

// TestYAMLRefused: what YAML has and the reader does not, and nesting without end, are
// errors with their line.
func TestYAMLRefused(t *testing.T) {
	for text, want := range map[string]string{
		"a: &x b\n":         "line 1: anchors",
		"b: *x\n":           "line 1: anchors",
		"a: !!str b\n":      "line 1: anchors",
		"a: >\n  b\n":       "line 1: anchors",
		"a: |+\n  b\n":      "line 1: of texts over several lines",
		"a: |\n\n  b\n":     "line 2: a text over several lines begins in the next line",
		"a:\n  b: |\n  c\n": "line 3: a text over several lines is indented",
		"a: |\n  b\n \tc\n": "line 3: a tab cannot indent",
		"a: [|\n  b]\n":     "line 1: anchors",
		"%YAML 1.2\n":       "line 1: '%' cannot begin a value",
		"? a\n: b\n":        "line 1: '?' cannot begin a value",
		"a: b\n" + strings.Repeat("n", 1025) + ": c\n": "line 2: a name has more than 1024 bytes",
		strings.Repeat("n", 1025) + ": c\n":            "line 1: a name has more than 1024 bytes",
		"{" + strings.Repeat("n", 1025) + ": c}\n":     "line 1: a name has more than 1024 bytes",
		"a: b: c\n":              "line 1: the value ends before the line does",
		"a: - b\n":               "line 1: a list begins on a line of its own",
		"a: b\n  c\n":            "line 2: it is indented",
		"a:\n\tb: c\n":           "line 2: a tab cannot indent",
		"a: \"b\n  c\"\n":        "line 1: a text in quotes does not end in its line",
		"a: 'b\n":                "line 1: a text in quotes does not end in its line",
		"a: \"\\q\"\n":           "line 1: the text in quotes has an escape that does not exist",
		"a: [b\n":                "line 2: ']' is missing",
		"a: {b: c d: e}\n":       "line 1: neither a comma nor",
		"a: b\x00\n":             "line 1: a character that no text has",
		"a: \xff\n":              "line 1: a character that no text has",
		"a: b\nc\n":              "line 2: no colon and blank after the name",
		"a: b\n- c\n":            "line 2: this belongs to nothing above it",
		strings.Repeat("[", 1e6): "line 1: more than 16 levels",
		strings.Repeat("- ", 50): "line 1: more than 16 levels",
	} {
		if _, _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

// maxText is the size of a state file.
const maxText = 1 << 20

// TestYAMLIsLinear: a file of the largest size is read or refused at once, whatever
// stands in it: one that takes the square of its length would take minutes.
func TestYAMLIsLinear(t *testing.T) {
	var names strings.Builder
	for i := 0; names.Len() < maxText-20; i++ {
		fmt.Fprintf(&names, "n%d: 1\n", i)
	}
	done := make(chan string, 1)
	go func() {
		for _, part := range []string{
			"\t", " ", "a: \t\n", "- a\n", "- \n", "a\t", "[a, ", "{a: b, ", "'", "\"\\n", "#", "\n", "a: [\n", "-",
			": ",
		} {
			_, _, _ = Parse(strings.Repeat(part, maxText/len(part)))
			_, _, _ = Parse("a: b" + strings.Repeat(part, maxText/len(part)))
			_, _, _ = Parse("a: [" + strings.Repeat(part, maxText/len(part)))
		}
		_, _, _ = Parse(names.String())
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(3 * time.Minute):
		t.Fatal("it takes more than three minutes")
	}
}
