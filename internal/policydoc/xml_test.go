package policydoc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/senet-selinux/senet/internal/testenv"
)

// eventsOf lists the events of the scanner: +path and its attribute name, -path, or text. Texts
// that follow each other are one, as comments do not count.
func eventsOf(in io.Reader) ([]string, error) {
	var events []string
	x := xmlScanner{in: in}
	for x.next() {
		switch x.event {
		case xmlStart:
			events = append(events, fmt.Sprintf("+%s %q", x.path, x.attribute("name")))
		case xmlEnd:
			events = append(events, "-"+string(x.path))
		case xmlText:
			events = appendText(events, x.text())
		}
	}
	return events, x.err
}

func appendText(events []string, text string) []string {
	if n := len(events); n > 0 && strings.HasPrefix(events[n-1], "=") {
		events[n-1] += text
		return events
	}
	return append(events, "="+text)
}

// standardEvents is eventsOf by encoding/xml.
func standardEvents(text string) ([]string, error) {
	var events, path []string
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(in)
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return strings.NewReader(string(runes)), err
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			name := ""
			for _, a := range slices.Backward(token.Attr) {
				if a.Name.Local == "name" {
					name = a.Value
				}
			}
			events = append(events, fmt.Sprintf("+%s %q", strings.Join(path, "/"), name))
		case xml.EndElement:
			events = append(events, "-"+strings.Join(path, "/"))
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 0 {
				events = appendText(events, string(token))
			}
		}
	}
}

// TestXMLScanner: random documents are read as encoding/xml reads them, whole and cut.
func TestXMLScanner(t *testing.T) {
	r := rand.New(rand.NewPCG(testenv.Seed(t), 0))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var element func(depth int) string
	element = func(depth int) string {
		name := pick("policy", "p", "tunable", "x.y-z")
		attributes := ""
		for _, key := range []string{"id", "name", "dftval"}[r.IntN(3):] {
			attributes += pick(" ", "\n\t") + key + pick("=", " = ") + pick(`"a>b"`, `'it"s'`, `"&lt;&#233;"`, `"/"`,
				`""`)
		}
		if r.IntN(5) == 0 {
			return "<" + name + attributes + pick("/>", " />")
		}
		inside := ""
		for range r.IntN(5) {
			if depth < 4 && r.IntN(2) == 0 {
				inside += element(depth + 1)
				continue
			}
			inside += pick("text ", "\r\nline\n", "&amp;&apos;&quot;&#x41;", "<!-- <no> -->", "<![CDATA[<p>&amp;]]>",
				"<?do it?>", "caf\xe9", "a\rb")
		}
		return "<" + name + attributes + ">" + inside + "</" + name + pick(">", " >")
	}
	broken := 0
	for n := range 3000 {
		text := pick(`<?xml version="1.0" encoding="ISO-8859-1"?>`, "<?xml version='1.0' encoding='iso-8859-1' ?>\n") +
			pick("", "<!DOCTYPE policy SYSTEM \"p>.dtd\">\n", "<!DOCTYPE p [<!ELEMENT p (#PCDATA)>]>") +
			element(0) + pick("", "\n", "<!--end-->")
		if n%3 == 0 {
			text = text[:r.IntN(len(text))]
		}
		want, wrong := standardEvents(text)
		got, err := eventsOf(iotest.OneByteReader(strings.NewReader(text)))
		if wrong != nil {
			broken++
		}
		// encoding/xml takes a document without an element.
		if (err != nil) != (wrong != nil) && len(want) > 0 || err == nil && !slices.Equal(got, want) {
			t.Fatalf("%q\ngot  %q, %v\nwant %q, %v", text, got, err, want, wrong)
		}
	}
	if broken < 300 {
		t.Errorf("%d broken documents are too few", broken)
	}
}

// TestXMLScannerErrors: a text that is no document is refused, one case for each reason.
func TestXMLScannerErrors(t *testing.T) {
	for _, c := range []struct{ text, complaint string }{
		{"", "offset 0: the document ends too early"},
		{"<a>", "offset 3: the document ends too early"},
		{"<a></b>", "offset 7: </b> ends no element"},
		{"</a>", "offset 4: </a> ends no element"},
		{"<a/><b/>", "offset 8: an element after the last"},
		{"<a/>b", "offset 5: text outside of the elements"},
		{"<a b='>", "offset 0: < without >"},
		{"<a><!-- ", "<!-- without -->"},
		{"<>", `offset 2: "" is no name of an element`},
		{"<a>&b;</a>", "offset 6: &b is no entity"},
		{"<a>&#xd800;</a>", "&#xd800 is no entity"},
		{"<a>\xff</a>", "offset 4: not UTF-8"},
		{strings.Repeat("<abcdefg>", maxXMLPath/8+1), "too many elements inside each other"},
	} {
		if _, err := eventsOf(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.complaint) {
			t.Errorf("%.40q: %v, not %q", c.text, err, c.complaint)
		}
	}
}

// FuzzDescriptions: any text gives descriptions or an error.
func FuzzDescriptions(f *testing.F) {
	template, err := os.ReadFile("testdata/policy.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(template))
	f.Add(`<p><layer><module><bool name="a"/><bool ` +
		`name='b'><desc/><desc><p>x<i/>y</p></desc></bool></module></layer></p>`)
	f.Add("<\xadlaye\xefU\x12mooooooo\xc7ool name=\"`\xf8\xefUUuu\"/>")
	f.Fuzz(func(t *testing.T, text string) {
		texts, err := parseDescriptions(strings.NewReader(text))
		// The scanner alone decodes everything, the parser only what it needs.
		if _, wrong := eventsOf(strings.NewReader(text)); err != nil && wrong == nil {
			t.Errorf("%v, but the scanner alone says nothing", err)
		}
		if len(texts) > len(text) {
			t.Error("more descriptions than bytes")
		}
	})
}

// TestDescriptionsOrder: which text is kept where a boolean has several; one case for
// each rule of parseDescriptions.
func TestDescriptionsOrder(t *testing.T) {
	text := `<policy>
		<tunable name="both"><desc><p>tunable of the policy</p></desc></tunable>
		<bool name="both"><desc><p>bool of the policy</p></desc></bool>
		<layer><module>
			<bool name="m"><desc><p>bool of a module</p></desc></bool>
			<tunable name="m"><desc><p>tunable of a module</p></desc></tunable>
			<tunable name="both"><desc><p>tunable of a module</p></desc></tunable>
			<tunable name="late"><desc><p>first</p></desc></tunable>
			<tunable name="none"><desc></desc><desc><p>second description</p></desc></tunable>
			<tunable name="inner"><desc><p>before<b>in</b>after</p><p>more</p></desc></tunable>
			<tunable name="cut"><desc><p>
a<!-- no -->b
c
</p></desc></tunable>
		</module><module>
			<tunable name="late"><desc><p>second</p></desc></tunable>
			<interface><desc><p>of something else</p></desc></interface>
		</module></layer></policy>`
	got, err := parseDescriptions(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"both": "tunable of the policy", "m": "bool of a module", "late": "second",
		"inner": "before", "cut": "ab c"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
