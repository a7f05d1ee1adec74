package te_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/te"
)

const head = "module m 1.0;\nrequire { type a_t, b_t; attribute at; role r_r; bool flag; " +
	"class file { read write ioctl }; }\n"

// mistakes are sources that are refused: the text behind head (or a whole source), the
// place and the message of the first error, and a note of it.
var mistakes = []struct{ name, text, place, msg, note string }{
	{"unknown type", "allow a_t c_t:file read;", "3:11", "unknown type c_t", "did you mean a_t or b_t?"},
	{"near type", "type mydomain_t;\nallow mydomian_t a_t:file read;", "4:7", "unknown type mydomian_t",
		"did you mean mydomain_t?"},
	{"far type", "allow a_t completely_else:file read;", "3:11", "unknown type completely_else",
		"declare it, or require it: require { type completely_else; }"},
	{"permission", "allow a_t b_t:file reed;", "3:20", "permission reed of class file is not required",
		"did you mean read?"},
	{"far permission", "allow a_t b_t:file unlink;", "3:20", "permission unlink of class file is not required",
		"require it: require { class file unlink; }"},
	{"class", "allow a_t b_t:fiel read;", "3:15", "unknown class fiel", "did you mean file?"},
	{"boolean", "if (flog) { allow a_t b_t:file read; }", "3:5", "unknown boolean flog", "did you mean flag?"},
	{"role", "allow r_r q_r;", "3:11", "unknown role q_r", "did you mean r_r?"},
	{"interface", "kernel_read_system_state(a_t)", "3:1", "kernel_read_system_state(...) is a call of an interface",
		""},
	{"interface in if", "if (flag) { foo_bar(a_t) }", "3:13", "foo_bar(...) is a call of an interface", ""},
	{"policy_module", "\npolicy_module(m, 1.0)\n", "2:1", "policy_module(...) is a call of an interface", ""},
	{"quotes", "optional_policy(`\n", "3:1", "optional_policy(...) is a call", ""},
	{"no module", "allow a b:file read;\n", "1:1", "expected the name and version of the module", ""},
	{"no version", "module m;\n", "1:9", "expected the version of the module", ""},
	{"no require", "module m 1.0;\ntype a_t;\n", "3:1", "this block requires nothing", ""},
	{"no require in optional", "optional { type x_t; }", "3:22", "this block requires nothing", ""},
	{"semicolon", "allow a_t b_t:file read\ntype c_t;", "4:1",
		"found \"type\", a word of the language, expected \";\"", ""},
	{"all types", "allow * b_t:file read;", "3:7", "\"*\" is not allowed in this rule", ""},
	{"all types but", "allow ~a_t b_t:file read;", "3:7", "\"~\" is not allowed in this rule", ""},
	{"minus self", "allow a_t { b_t -self }:file read;", "3:18", "self cannot be excluded", ""},
	{"declared twice", "type x_t;\ntype x_t;", "4:6", "type x_t is declared twice", ""},
	{"type and attribute", "attribute a_t;", "3:11", "a_t is used both as a type and as an attribute", ""},
	{"attribute as type", "typeattribute at at;", "3:15", "at is an attribute, not a type", ""},
	{"type as attribute", "typeattribute a_t b_t;", "3:19", "b_t is a type, not an attribute", ""},
	{"other block", "optional { require { type o_t; } allow a_t o_t:file read; }\nallow a_t o_t:file read;", "4:11",
		"type o_t is not declared or required in this block", ""},
	{"else declares", "optional { require { type o_t; } ; } else { type p_t; }", "3:50",
		"type p_t cannot be declared or required after else", ""},
	{"keyword", "type t1;", "3:6", "found \"t1\", a word of the language, expected the name of a type", ""},
	{"base only", "portcon tcp 80 system_u:object_r:a_t:s0", "3:1", "only a base module has portcon", ""},
	{"class only in base", "class foo { read }", "3:1", "only a base module has class", ""},
	{"two parents", "typebounds a_t b_t;\ntypebounds at b_t;", "4:12", "at is an attribute, not a type", ""},
	{"extended", "allowxperm a_t b_t:file write 1;", "3:25", "only ioctl can have extended permissions", ""},
	{"number range", "allowxperm a_t b_t:file ioctl { 5-3 };", "3:33", "from the lower to the higher", ""},
	{"big number", "allowxperm a_t b_t:file ioctl 99999999999;", "3:31", "is not a number of 32 bits", ""},
	{"file in if", "if (flag) { type_transition a_t b_t:file a_t \"x\"; }", "3:13", "cannot be in a conditional", ""},
	{"two transitions", "type_transition a_t b_t:file a_t \"x\";\ntype_transition a_t b_t:file b_t \"x\";", "4:1",
		"there is already a transition for a_t, b_t and the name \"x\"", ""},
	{"role transitions", "role_transition r_r a_t:file r_r;\nrole_transition r_r a_t:file r_r;", "4:1",
		"there is already a role transition", ""},
	{"role sets", "allow { r_r } *;", "3:15", "\"*\" is not allowed in sets of roles", ""},
	{"range without levels", "range_transition a_t b_t:file s0;", "3:1", "needs a policy with levels", ""},
	{"levels without levels", "user x_u roles r_r level s0 range s0;", "3:6", "levels in a policy without levels", ""},
	{"carriage return", "allow a_t b_t:file read;\r", "3:25", "carriage return", ""},
	{"byte", "allow a_t b_t:file read; $", "3:26", "no statement can contain the character", ""},
	{"dominance", "dominance { role x_r; }", "3:11", "dominance of roles is not supported", ""},
	{"end", "optional {", "3:11", "found the end of the file", ""},
	{"users last", "user x_u roles r_r;\ntype z_t;", "4:1", "users must come last in a block", ""},
}

// TestMistakes: what is wrong is told with its place, the line, and what would be right.
func TestMistakes(t *testing.T) {
	for _, c := range mistakes {
		text := c.text
		if !strings.HasPrefix(text, "module") && c.name != "policy_module" && c.name != "no module" {
			text = head + text
		}
		_, err := te.Compile(text, te.Options{File: "m.te"})
		var found *compile.Errors
		if !errors.As(err, &found) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		first := found.List[0].Text()
		if !strings.HasPrefix(first, "m.te:"+c.place+": ") || !strings.Contains(first, c.msg) ||
			!strings.Contains(first, c.note) {
			t.Errorf("%s:\n%swant %s: %s, %s", c.name, first, c.place, c.msg, c.note)
		}
	}
}

// TestMistakesOfPeer: checkmodule refuses each of the mistakes too.
func TestMistakesOfPeer(t *testing.T) {
	p := newPeer(t)
	for _, c := range mistakes {
		text := c.text
		if !strings.HasPrefix(text, "module") && c.name != "policy_module" && c.name != "no module" {
			text = head + text
		}
		switch c.name {
		case "dominance", "levels without levels":
			continue // checkmodule takes these, see doc.go
		}
		if _, err := p.compile(t, "m", text, te.Options{}); err == nil {
			t.Errorf("%s: checkmodule takes it", c.name)
		}
	}
}

// TestManyMistakes: all mistakes are told, not only the first.
func TestManyMistakes(t *testing.T) {
	_, err := te.Compile(head+"allow a_t x_t:file read;\nallow y_t b_t:file { read bad };\n", te.Options{File: "m.te"})
	var found *compile.Errors
	if !errors.As(err, &found) || len(found.List) != 3 {
		t.Errorf("%v", err)
	}
}

// TestStrict: what is strange is a warning, or an error if it is asked for.
func TestStrict(t *testing.T) {
	text := head + "dontaudit a_t b_t:file ~read;\nexpandattribute at true; expandattribute at false;\n"
	r, err := te.Compile(text, te.Options{})
	if err != nil || len(r.Warnings) != 2 {
		t.Fatalf("%v, %+v", err, r)
	}
	if _, err := te.Compile(text, te.Options{Strict: true}); err == nil {
		t.Error("warnings are no errors")
	}
}
