package refpolicy

import (
	"slices"
	"strings"
	"testing"
)

// TestStatements: sets, blocks, else, conditions, requirements and comments.
func TestStatements(t *testing.T) {
	for text, want := range map[string]string{
		"require {\ntype a_t;\nclass file { read };\n} allow a b : file { { read { open } } write } ;": "" +
			"allow a b:file { read open write };",
		"# x ; y\noptional {\n require { type a; } allow a b:file read; } # end": "optional {|\tallow a b:file read;|}",
		"if ( a && ! b ) {\nallow a b:file read;} else {\ndontaudit a { b -c }:file ~{ read };\n}": "if (a && !b) {|" +
			"\tallow a b:file read;|} else {|\tdontaudit a { b -c }:file ~{ read };|}",
		"type a, b;;type_transition a b:file c \"x y\";": "type a, b;|type_transition a b:file c \"x y\";",
		"typeattribute a b":         "typeattribute a b",
		"{ create { read write } }": "{ create read write }",
		"} } ;":                     "}|}",
	} {
		if got := strings.Join(Statements([]byte(text)), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestParseCall: what is a call.
func TestParseCall(t *testing.T) {
	for text, want := range map[string]string{"a(b, c )": "a b c", " a_b ": "a_b", "a()": "a ",
		"a({ b c }, d)": "a { b c } d",
		"a(b":           "", "a(b)c": "", "a b(c)": "", "a(b(c))": "", "": "", "a(`b')": "", "a-b(c)": ""} {
		name, args, err := ParseCall(text)
		if got := strings.Join(append([]string{name}, args...), " "); err == nil != (want != "") || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestDescribe: comments say what arguments and definitions are for.
func TestDescribe(t *testing.T) {
	h := small(t)
	if got := h.Summary(0); got != "Read what the web has, don't write." {
		t.Error(got)
	}
	params := h.Params(0)
	if !slices.Equal(params, []Param{{Name: "domain", Summary: "Domain allowed access."}}) || h.Line(0) != 13 {
		t.Error(params, h.Line(0))
	}
	if h.Params(2) != nil || h.Summary(2) != "" {
		t.Error(h.Params(2), h.Summary(2))
	}
}
