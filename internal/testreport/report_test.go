package testreport

import (
	"encoding/xml"
	"strings"
	"testing"
)

func cases() []Case {
	return []Case{
		{Name: "good", File: "a.yaml", Line: 2},
		{Name: "bad # SKIP \\", File: "a.yaml", Line: 3, Failures: []string{"a <b> & \"c\"", "two\nlines\x1b"}},
		{Name: "broken", File: "a.yaml", Line: 4, Failures: []string{"no such type"}, Broken: true},
	}
}

func TestTAP(t *testing.T) {
	want := `TAP version 13
1..3
ok 1 - good
not ok 2 - bad \# SKIP \\
# a.yaml:3: a <b> & "c"
# a.yaml:3: two lines\x1b
not ok 3 - broken
# a.yaml:4: no such type
`
	if got := TAP(cases()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestJUnit: the XML is well-formed and has the content of the report.
func TestJUnit(t *testing.T) {
	var got struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Cases    []struct {
				Name    string `xml:"name,attr"`
				Failure string `xml:"failure"`
				Error   string `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	text := JUnit("policy \"x\"", cases())
	if err := xml.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s := got.Suites[0]
	if s.Tests != 3 || s.Failures != 1 || s.Errors != 1 || len(s.Cases) != 3 {
		t.Fatalf("%+v\n%s", s, text)
	}
	if s.Cases[1].Name != `bad # SKIP \` ||
		s.Cases[1].Failure != "a <b> & \"c\"\ntwo\nlines?" || s.Cases[2].Error != "no such type" ||
		strings.Contains(text, "\x1b") {
		t.Errorf("%+v\n%s", s, text)
	}
}
