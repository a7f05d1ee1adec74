package picture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/words"
)

// sample has a box of each tone, an arrow, a note, and a text in all of them.
func sample(text string) *Picture {
	p := &Picture{Title: text, Notes: []string{text}}
	from := p.add(0, Box{Head: text, Text: []string{text, "second"}})
	for _, tone := range []Tone{Good, Bad, Unsure, Dark} {
		p.arrow(from, p.add(1, Box{Head: text, Text: []string{text}, Tone: tone}), tone)
	}
	return p
}

// readSVG reads a document strictly and returns its text elements, in order. Elements and attributes that
// the writer does not write are errors.
func readSVG(doc string) (lines []string, err error) {
	known := map[string]string{
		"svg": "xmlns width height viewBox role", "title": "", "style": "", "rect": "class x y width height rx",
		"text": "class x y", "path": "class d",
	}
	d := xml.NewDecoder(strings.NewReader(doc))
	inside, line := "", ""
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return lines, nil
		case err != nil:
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			attributes, ok := known[e.Name.Local]
			if !ok {
				return nil, fmt.Errorf("element %q", e.Name.Local)
			}
			for _, a := range e.Attr {
				if !strings.Contains(" "+attributes+" ", " "+a.Name.Local+" ") {
					return nil, fmt.Errorf("attribute %q of %q", a.Name.Local, e.Name.Local)
				}
			}
			inside, line = e.Name.Local, ""
		case xml.CharData:
			if inside == "text" {
				line += string(e)
			}
		case xml.EndElement:
			if inside == "text" {
				lines = append(lines, line)
			}
			inside = ""
		case xml.Comment, xml.ProcInst, xml.Directive:
			return nil, fmt.Errorf("%T", e)
		}
	}
}

// outside returns what of a graph stands outside of quoted strings, and an error if one does not end.
func outside(graph string) (string, error) {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range graph {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted:
			b.WriteRune(r)
		}
	}
	if quoted {
		return "", errors.New("a string does not end")
	}
	return b.String(), nil
}

// TestHostile: names with the marks of XML, of Graphviz and of terminals are text and nothing else.
func TestHostile(t *testing.T) {
	plain, err := outside(string(sample("a").DOT()))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`</text><script>alert(1)</script>`: `</text><script>alert(1)</script>`,
		`a" onload="x`:                     `a" onload="x`,
		`&lt;]]>`:                          `&lt;]]>`,
		"a\x1b[31mb\u202ec":                `a\x1b[31mb\u202ec`,
		"a\xffb\x00":                       `a\xffb\x00`,
		`"]; x [label="`:                   `"]; x [label="`,
		`a\`:                               `a\`,
		`\N\G`:                             `\N\G`,
	} {
		p := sample(text)
		lines, err := readSVG(string(p.SVG()))
		if err != nil || len(lines) != 1+3+8+1 || lines[0] != want || lines[1] != want {
			t.Errorf("%q: %v: %q", text, err, lines)
		}
		graph := string(p.DOT())
		if got, err := outside(graph); err != nil || got != plain {
			t.Errorf("%q: %v:\n%s", text, err, graph)
		}
	}
}

// TestFold: lines are broken at blanks, else behind a mark of a name, else anywhere; nothing is lost.
func TestFold(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"short", "short"},
		{"exactly_ten", "exactly_|ten"},
		{"one two three", "one two|three"},
		{"one  two   three", "one  two|three"},
		{"a_very_long_name_t", "a_very_|long_name_|t"},
		{"nomarkinthiswordatall", "nomarkinth|iswordatal|l"},
		{"a\nb", `a\nb`}, // no line is forged
		{"世界世界世界", "世界世界世|界"},
		{"twelve chars", "twelve|chars"},
	} {
		if got := strings.Join(fold(test.text, 10), "|"); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
	if got := fold("世", 1); len(got) != 1 {
		t.Errorf("a character that is wider than the line: %q", got)
	}
}

// TestLayout: no text is wider than its box, no box lies over another or outside the drawing.
func TestLayout(t *testing.T) {
	long := strings.Repeat("a_name_that_is_long_", 20)
	for _, p := range []*Picture{
		{}, {Title: long}, {Title: "x", Notes: []string{long}},
		sample("a"), sample(long), sample(strings.Repeat("w", 500)),
		{Columns: [][]Box{nil, {{Head: "only"}}, nil}},
	} {
		l := p.lay()
		right := 0
		for _, column := range l.boxes {
			bottom, end := 0, right
			for _, b := range column {
				if b.x < right || b.y < bottom || b.x+b.width > l.width || b.y+b.height > l.height ||
					len(l.notes) > 0 && b.y+b.height > l.notesY {
					t.Errorf("%.20s: a box at %d %d of %d %d in %d %d",
						p.Title, b.x, b.y, b.width, b.height, l.width, l.height)
				}
				for _, line := range append(b.head[:len(b.head):len(b.head)], b.text...) {
					if cells(line)*cellWidth > b.width-2*padding {
						t.Errorf("%q is wider than its box", line)
					}
				}
				bottom, end = b.y+b.height, max(end, b.x+b.width)
			}
			right = end
		}
		for _, line := range append(l.title[:len(l.title):len(l.title)], l.notes...) {
			if cells(line)*cellWidth > l.width-2*margin {
				t.Errorf("%q is wider than the drawing", line)
			}
		}
		if string(p.SVG()) != string(p.SVG()) || string(p.DOT()) != string(p.DOT()) {
			t.Error("two runs differ")
		}
	}
}

// TestArrows: an arrow to a box that is not there is left out.
func TestArrows(t *testing.T) {
	p := sample("a")
	n := strings.Count(string(p.SVG()), `class="arrow `)
	p.arrow(Place{0, 0}, Place{1, 9}, Good)
	p.arrow(Place{-1, 0}, Place{0, 0}, Good)
	if got := strings.Count(string(p.SVG()), `class="arrow `); n != 4 || got != n {
		t.Errorf("%d arrows, then %d", n, got)
	}
}

// TestDecide: each layer that lets an operation through leads to the result; of an operation that is refused or
// that depends, only the layers that make it so.
func TestDecide(t *testing.T) {
	for _, test := range []struct {
		result Tone
		layers []Tone
		want   []int
	}{
		{Good, []Tone{Good, Good}, []int{0, 1}},
		{Good, []Tone{Good, Unsure}, []int{0, 1}}, // refused and excused
		{Bad, []Tone{Good, Bad, Good}, []int{1}},
		{Bad, []Tone{Bad, Unsure}, []int{0, 1}},
		{Bad, []Tone{Good, Unsure}, []int{1}}, // permissive: only logged
		{Unsure, []Tone{Good, Unsure, Bad}, []int{1, 2}},
		{Unsure, []Tone{Good}, []int{0}}, // a fact that no layer has
		{Bad, nil, nil},
	} {
		p := &Picture{}
		result := p.add(2, Box{Tone: test.result})
		var layers []Place
		for _, tone := range test.layers {
			layers = append(layers, p.add(1, Box{Tone: tone}))
		}
		p.decide(layers, result)
		var got []int
		for _, a := range p.Arrows {
			if got = append(got, a.From.Row); a.To != result || a.Tone != test.layers[a.From.Row] {
				t.Errorf("%v: an arrow %v", test, a)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%v: arrows from %v", test, got)
		}
	}
}

// TestGraphviz: dot reads what is written, and makes a node of each box.
func TestGraphviz(t *testing.T) {
	if _, err := exec.LookPath("dot"); err != nil && !testenv.Long() {
		t.Skip("Graphviz is installed for the long run")
	}
	testenv.Need(t, "dot")
	for _, text := range []string{"a", `"];<b>&amp;\N`, "a\nb\\", strings.Repeat("long ", 100), "\xff\x00"} {
		cmd := exec.Command("dot", "-Tplain")
		cmd.Stdin = strings.NewReader(string(sample(text).DOT()))
		var complaints strings.Builder
		cmd.Stderr = &complaints
		out, err := cmd.Output()
		if err != nil || complaints.Len() > 0 || strings.Count("\n"+string(out), "\nnode ") != 5 {
			t.Errorf("%q: %v %s\n%s", text, err, complaints.String(), out)
		}
	}
}

// FuzzPicture: whatever a text is, the SVG is well-formed, has the known elements and no more, and the text is in
// it, inert; strings of the graph end where they should.
func FuzzPicture(f *testing.F) {
	for _, seed := range []string{"", "a", "</svg>", `"&<>'`, "\x00\xff\ufffe", "a b_c/d", "世界", "\n\n", `\`} {
		f.Add(seed)
	}
	plain, err := outside(string(sample("a").DOT()))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := sample(text)
		lines, err := readSVG(string(p.SVG()))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got := strings.ReplaceAll(strings.Join(lines, ""), " ", "")
		if !strings.HasPrefix(got, strings.ReplaceAll(words.Safe(text), " ", "")) {
			t.Errorf("%q is written as %q", text, lines)
		}
		if got, err := outside(string(p.DOT())); err != nil || got != plain {
			t.Errorf("%q: %v:\n%s", text, err, p.DOT())
		}
	})
}
