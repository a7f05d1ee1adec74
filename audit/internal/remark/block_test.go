package remark

import (
	"slices"
	"strings"
	"testing"
)

func TestRequireBlock(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // nil for no block without rules
	}{
		{"whole", "require {\n type a_t;\n type b_t, c_t;\n class file { read open };\n}",
			[]string{"type a_t", "type b_t c_t", "class file read open"}},
		{"cut off", "require {\n type a_t;\n class dir sea", []string{"type a_t"}},
		{"one line", "module x 1.0; \nrequire { type a_t; class dir search; }",
			[]string{"type a_t", "class dir search"}},
		{"brace and lists over lines", "policy_module(x, 1.0)\nrequire\n{\n type a_t,\n  b_t; # why\n class file " +
			"{ read\n open };\n}",
			[]string{"type a_t b_t", "class file read open"}},
		{"a rule", "require {\n type a_t;\n}\nallow a_t self:process execmem;", nil},
		{"a rule behind the brace", "require { type a_t; } allow a_t self:process execmem;", nil},
		{"an interface", "require {\n type a_t;\n}\nfiles_read_etc_files(a_t)", nil},
		{"roles alone", "require {\n role staff_r;\n}", nil},
		{"a sentence", "requires { type a_t; }", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s Scanner
			for i, line := range strings.Split(c.text, "\n") {
				s.Line(int64(i+1), []byte(line))
			}
			var got []string
			for _, r := range s.Remarks() {
				if r.Code == RequireBlock {
					got = r.Names
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("names %q, want %q", got, c.want)
			}
		})
	}
}

func TestRequireBlockBounds(t *testing.T) {
	var s Scanner
	s.Line(1, []byte("require {"))
	for i := range 10000 {
		s.Line(int64(i+2), []byte("type "+strings.Repeat("a", i%300+1)+";"))
	}
	if n := len(s.block.statements); n == 0 || n > maxStatements {
		t.Errorf("%d statements", n)
	}
}
