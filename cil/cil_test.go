package cil_test

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/senet-selinux/senet/cil"
)

// TestRoundTrip: what Format writes, Parse reads as the same tree.
func TestRoundTrip(t *testing.T) {
	source, err := os.ReadFile("../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := cil.Parse(string(source))
	if err != nil {
		t.Fatal(err)
	}
	again, err := cil.Parse(cil.Format(tree))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree, again, cmpopts.IgnoreFields(cil.Node{}, "Pos"), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if len(tree) < 100 {
		t.Errorf("%d statements in the example", len(tree))
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct {
		source string
		at     cil.Pos
	}{
		{"(type a", cil.Pos{Line: 1, Column: 1}},     // a list that is never closed
		{"(type a))", cil.Pos{Line: 1, Column: 9}},   // one ) too many
		{"; c\n type", cil.Pos{Line: 2, Column: 2}},  // a statement is a list
		{"(a \"b\n\")", cil.Pos{Line: 1, Column: 4}}, // strings end on their line
		{"(a \"b", cil.Pos{Line: 1, Column: 4}},      // and end at all
	} {
		var syntax *cil.SyntaxError
		if _, err := cil.Parse(tt.source); !errors.As(err, &syntax) || syntax.Pos != tt.at {
			t.Errorf("%q: %v, want it at %v", tt.source, err, tt.at)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("(type a) ; c\n(allow a b (tcp_socket (name_connect)))")
	f.Add("(portcon tcp 80 (u r t ((s0) (s0))))")
	f.Add("(filecon \"/a b\" file ())")
	f.Fuzz(func(t *testing.T, source string) {
		tree, err := cil.Parse(source)
		if err != nil {
			return
		}
		again, err := cil.Parse(cil.Format(tree))
		if err != nil {
			t.Fatalf("%v in what Format wrote", err)
		}
		if diff := cmp.Diff(tree, again, cmpopts.IgnoreFields(cil.Node{}, "Pos"), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}
