package compile_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

// TestAmendRefused: what a policy alone cannot take says where and why, and the
// policy stays as it is. What it takes, package remedy holds against secilc.
func TestAmendRefused(t *testing.T) {
	r, err := compile.Build([]*compile.Module{compile.NewModule(parse(t, "base.cil", cilgen.Base))}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := r.Policy.Encode()
	for text, want := range map[string]string{
		"(allow a nosuch (file (read)))":                              "1:1: no type or attribute is called nosuch",
		"(type a)":                                                    "the policy has a type or attribute a",
		"(type x) (type x)":                                           "1:10: x is declared again",
		"(type 1x)":                                                   "is no name",
		"(allow a b (nosuch (read)))":                                 "no class is called nosuch",
		"(allow a b (file (nosuch)))":                                 "no permission of file is called nosuch",
		"(allow a b (file (all)))":                                    "no permission of file is called all",
		"(allow a b named)":                                           "this form of the statement",
		"(typeattributeset at b)":                                     "types of the module only",
		"(type x) (typeattributeset at (not (x)))":                    "types of the module only",
		"(type x) (typeattributeset a x)":                             "a is a type, not an attribute",
		"(roletype nosuch a)":                                         "no role is called nosuch",
		"(booleanif nosuch (true (allow a b (file (read)))))":         "no boolean is called nosuch",
		"(booleanif b1 (true (type x)))":                              "this form of the statement",
		"(booleanif (and b1) (true (allow a b (file (read)))))":       "this form of the statement",
		"(portcon tcp 0 (u object_r a ((s0) (s0))))":                  "out of range",
		"(portcon tcp 1 (u object_r a ((s9) (s0))))":                  "no sensitivity is called s9",
		"(portcon tcp 1 ctx)":                                         "this form of the statement",
		"(portcon tcp 1 (u object_r a ((s0 (c9)) (s0))))":             "no category is called c9",
		"(class c (x))":                                               "a class statement needs the modules",
		"(type x) (allow x x (file (read))) (block blk (type inner))": "a block statement needs the modules",
		"(typepermissive nosuch)":                                     "no type or attribute is called nosuch",
		"(portcon tcp 80 (u object_r a ((s0) (s0))))" +
			"(portcon tcp 80 (u object_r b ((s0) (s0))))": "has a label of these",
	} {
		statements, err := cil.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := compile.Amend(r.Policy, statements); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if string(r.Policy.Encode()) != string(before) {
		t.Error("the policy has changed")
	}
}

// FuzzAmend: no module makes Amend panic, and what it makes is a policy.
func FuzzAmend(f *testing.F) {
	f.Add("(type x) (typeattributeset at (x)) (allow x self (file (read)))")
	f.Add("(booleanif (not b1) (true (allow a b (file (write)))))")
	f.Add("(portcon tcp (1 9) (u object_r a ((s0) (s0 (c0))))) (typepermissive a) (roletype r a)")
	f.Add("(booleanif (xor (and b1 b2) (or b3 b1)) (false (dontaudit a a (file (read)))))")
	r, err := compile.Build([]*compile.Module{compile.NewModule(parse(f, "base.cil", cilgen.Base))}, compile.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		statements, err := cil.Parse(text)
		if err != nil {
			return
		}
		p, err := compile.Amend(r.Policy, statements)
		if err != nil {
			return
		}
		if _, err := policydb.Decode(p.Encode()); err != nil {
			t.Error(err)
		}
	})
}
