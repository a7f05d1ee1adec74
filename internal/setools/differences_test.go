package setools_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// quirkPolicy has what SETools answers wrongly, see docs/setools-differences.md.
const quirkPolicy = `class process
class file
class tcp_socket
sid kernel
class process { transition }
class file { read write }
class tcp_socket { name_bind name_connect }
attribute nobody;
type a; type b; type c;
bool qa false; bool qb false; bool qc true;
allow a b:file write;
allow nobody b:file read;
if ((qa || qb) && qc) { allow a b:file read; }
if (qa || qb && qc) { allow b a:file read; }
if (qa && (qb || qc)) { allow a c:file read; } else { allow a c:file write; }
if ((qa ^ qb) && !qc) { allow b c:file read; }
if (!(qa || qb) && qc) { allow c b:file read; }
if (qb && qa) { allow c a:file read; }
role r;
role r types { a b c };
user u roles r;
constrain file read (t1 == { a b c } or t2 == { c b });
sid kernel u:r:a
portcon tcp 0 u:r:b
portcon tcp 80 u:r:c
portcon tcp 1-1023 u:r:a
`

func compileQuirks(t *testing.T) string {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Compile([]byte(quirkPolicy), policies.Options{Version: 33})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDifferences asserts senet's answers where they differ from SETools 4.4.1's on purpose.
func TestDifferences(t *testing.T) {
	policy := compileQuirks(t)
	for _, test := range []struct {
		name string
		tool string
		args []string
		want string
		code int
	}{
		// SETools drops a criterion that is an attribute without members and prints every rule. In senet no type
		// matches it. The rule written on the attribute itself is found by name.
		{"empty attribute", "sesearch", []string{"-A", "-s", "nobody", policy}, "", 0},
		{"empty attribute, direct", "sesearch", []string{"-A", "-s", "nobody", "-ds", policy},
			"allow nobody b:file read;\n", 0},
		{"empty attribute as target", "sesearch", []string{"-A", "-t", "nobody", policy}, "", 0},
		{"empty attribute as default", "sesearch", []string{"-AT", "-D", "nobody", policy}, "", 0},
		// 4.4.1 lists every portcon for port 0; newer releases refuse a policy that has one.
		{"port 0", "seinfo", []string{"--portcon", "0", policy}, "\nPortcon: 1\n   portcon tcp 0 u:r:b\n", 0},
		{"all ports", "seinfo", []string{"--portcon", "--", policy},
			"\nPortcon: 3\n   portcon tcp 0 u:r:b\n   portcon tcp 1-1023 u:r:a\n   portcon tcp 80 u:r:c\n", 0},
		// 4.4.1 fails on any range with a Python error message.
		{"port range", "seinfo", []string{"--portcon", "80-90", policy},
			"\nPortcon: 1\n   portcon tcp 1-1023 u:r:a\n", 0},
		{"reversed port range", "seinfo", []string{"--portcon", "90-80", policy},
			"The low port must be <= the high port: 90-80\n", 1},
		{"partition key range", "seinfo", []string{"--ibpkeycon", "0x1-0x5", policy}, "\nIbpkeycon: 0\n", 0},
		// 4.4.1 takes the blank for a part of the name.
		{"blank after a comma", "sesearch", []string{"--allow", "-s", "a", "-t", "b", "-Sp", "-p", "write, write",
			policy},
			"allow a b:file write;\n", 0},
		{"blank after a comma in classes", "sesearch",
			[]string{"--allow", "-s", "a", "-p", "write", "-c", "process, file", "-t", "b", policy},
			"allow a b:file write;\n", 0},
		// 4.4.1 takes the policy for the option's value.
		{"policy after a component option", "seinfo", []string{"--flat", "--polcap", "--portcon", policy},
			"portcon tcp 0 u:r:b\nportcon tcp 1-1023 u:r:a\nportcon tcp 80 u:r:c\n", 0},
		// The spellings of newer releases.
		{"newer spelling", "sesearch", []string{"--type_transition", "--role_transition", policy}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := senet(t, test.tool, test.args...); got != (answer{test.want, test.code}) {
				t.Errorf("%s %q:\n got %+v\nwant %+v", test.tool, test.args, got, answer{test.want, test.code})
			}
		})
	}
}

// TestCategoryAlias: 4.4.1 takes a category that has an alias for another one than that of the level's declaration,
// and refuses every range with it: `s1:c0.c2 is not a valid level (one or more categories are not associated with
// the sensitivity)`.
func TestCategoryAlias(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	policy, err := policies.Small(33, policies.SELinux, true)
	if err != nil {
		t.Fatal(err)
	}
	want := answer{"range_transition init_t web_exec_t:process s0 - s1:c0.c2;\n", 0}
	for _, r := range []string{"s0 - s1:c0.c2", "s0-s1:c0,c1,c2", "unclassified - s1:here.there"} {
		if got := senet(t, "sesearch", "--range_trans", "-D", r, policy); got != want {
			t.Errorf("-D %q: %+v, want %+v", r, got, want)
		}
	}
	// A category that does not go with the sensitivity is still refused.
	want = answer{"s0:c2 is not a valid range (s0:c2 is not a valid level (one or more categories are not " +
		"associated with the " +
		"sensitivity)).\n", 1}
	if got := senet(t, "sesearch", "--range_trans", "-D", "s0:c2", policy); got != want {
		t.Errorf("-D s0:c2: %+v, want %+v", got, want)
	}
}

// TestXenComponents: 4.4.1 compares the platform with a text that it never equals, and prints no
// Xen component on any policy.
func TestXenComponents(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	policy, err := policies.Small(30, policies.Xen, true)
	if err != nil {
		t.Fatal(err)
	}
	const object = " system_u:object_r:"
	want := "\nIoportcon: 2\n   ioportcon 0x0070" + object + "file_t:s0\n   ioportcon 0xecc0-0xecdf" + object +
		"file_t:s0\n" +
		"\nPirqcon: 1\n   pirqcon 33" + object + "file_t:s0\n"
	for _, args := range [][]string{{policy, "--pirqcon", "--ioportcon"}, {"--pirqcon", "--ioportcon", policy}} {
		if got := senet(t, "seinfo", args...); got != (answer{want, 0}) {
			t.Errorf("seinfo %q: %+v, want %q", args, got, want)
		}
	}
	// Labels of SELinux are not in such a policy; 4.4.1 reads Xen's as if they were, and may crash.
	for _, option := range []string{"--portcon", "--netifcon", "--fs_use"} {
		if got := senet(t, "seinfo", "--flat", option, "--", policy); got != (answer{"", 0}) {
			t.Errorf("seinfo %s: %+v, want nothing", option, got)
		}
	}
}

// TestClassicForm runs the command lines of tutorials for SETools 3, which SETools 4 refuses.
func TestClassicForm(t *testing.T) {
	policy := compileQuirks(t)
	got := senet(t, "sesearch", "-d", "-A", "-C", "-s", "a", "-p", "read, write", policy)
	lines := strings.Split(strings.TrimSuffix(got.Stdout, "\n"), "\n")
	// Four rules: unconditional, one branch of one condition, both branches of another. A rule is enabled if its
	// branch is the one that the default values of the booleans choose: (0||0)&&1 and 0&&(0||1) are false.
	if got.Code != 0 || len(lines) != 6 || lines[0] != "Found 4 semantic av rules:" || lines[5] != "" {
		t.Fatalf("exit code %d, output\n%s", got.Code, got.Stdout)
	}
	for _, want := range []string{
		`^   allow a b : file write ; $`,
		`^DT allow a b : file read ; \[ qa qb \|\| qc && \]$`,
		`^DT allow a c : file read ; \[ qa qb qc \|\| && \]$`,
		`^EF allow a c : file write ; \[ qa qb qc \|\| && \]$`,
	} {
		if !slices.ContainsFunc(lines, regexp.MustCompile(want).MatchString) {
			t.Errorf("no line is like %s in\n%s", want, got.Stdout)
		}
	}
}

// TestConstraintSets: senet sorts the members of a set, which SETools prints in random order. All other bytes are
// those of SETools.
func TestConstraintSets(t *testing.T) {
	policy := compileQuirks(t)
	first := senet(t, "seinfo", "--constrain", "-x", "--", policy)
	for range 5 {
		if again := senet(t, "seinfo", "--constrain", "-x", "--", policy); again != first {
			t.Fatalf("two runs differ:\n%s%s", first.Stdout, again.Stdout)
		}
	}
	const want = "\nConstraints: 1\n   constrain file read (t1 == { a b c }  or ( t2 == { b c }  )); \n"
	if got := strings.Join(normalise("seinfo", first.Stdout), "\n"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestConditionalText: the conditional expressions that senet prints have the meaning of those in
// the policy. SETools prints (qa || qb) && qc as ( qc && qb || qa ), which reads (qc && qb) || qa.
func TestConditionalText(t *testing.T) {
	policy := compileQuirks(t)
	for _, test := range []struct {
		source, target string
		perm           string
		truth          func(a, b, c bool) bool // when the rule is in force
	}{
		{"a", "b", "read", func(a, b, c bool) bool { return (a || b) && c }},
		{"b", "a", "read", func(a, b, c bool) bool { return a || b && c }},
		{"a", "c", "read", func(a, b, c bool) bool { return a && (b || c) }},
		{"a", "c", "write", func(a, b, c bool) bool { return !(a && (b || c)) }},
		{"b", "c", "read", func(a, b, c bool) bool { return a != b && !c }},
		{"c", "b", "read", func(a, b, c bool) bool { return !(a || b) && c }},
		{"c", "a", "read", func(a, b, c bool) bool { return a && b }},
	} {
		got := senet(t, "sesearch", "--allow", "-s", test.source, "-t", test.target, "-p", test.perm, "-b",
			"qa,qb,qc", policy)
		_, suffix, _ := strings.Cut(strings.TrimSuffix(got.Stdout, "\n"), "; [ ")
		expression, branch, ok := strings.Cut(suffix, " ]:")
		if !ok || strings.Contains(branch, "\n") {
			t.Errorf("%s %s: %q is not one conditional rule", test.source, test.target, got.Stdout)
			continue
		}
		for bits := range 8 {
			a, b, c := bits&1 != 0, bits&2 != 0, bits&4 != 0
			e := evaluator{words: strings.Fields(expression), values: map[string]bool{"qa": a, "qb": b, "qc": c}}
			value := e.binary(0)
			if e.failed || len(e.words) > 0 {
				t.Errorf("%q is not an expression", expression)
				break
			}
			if inForce := value == (branch == "True"); inForce != test.truth(a, b, c) {
				t.Errorf("%s %s: [ %s ]:%s is wrong for qa=%v qb=%v qc=%v", test.source, test.target, expression,
					branch, a, b, c)
				break
			}
		}
	}
}

// evaluator reads a conditional expression as the policy language does.
type evaluator struct {
	words  []string
	values map[string]bool
	failed bool
}

func (e *evaluator) peek() string {
	if len(e.words) == 0 {
		return ""
	}
	return e.words[0]
}

func (e *evaluator) next() string {
	word := e.peek()
	if word != "" {
		e.words = e.words[1:]
	}
	return word
}

// binary reads operators of at least the given precedence.
func (e *evaluator) binary(precedence int) bool {
	levels := []string{"||", "^", "&&"}
	if precedence == len(levels) {
		return e.unary()
	}
	left := e.binary(precedence + 1)
	for e.peek() == levels[precedence] {
		e.next()
		right := e.binary(precedence + 1)
		switch levels[precedence] {
		case "||":
			left = left || right
		case "^":
			left = left != right
		default:
			left = left && right
		}
	}
	return left
}

func (e *evaluator) unary() bool {
	switch word := e.next(); word {
	case "!":
		return !e.unary()
	case "(":
		value := e.binary(0)
		if e.next() != ")" {
			e.failed = true
		}
		return value
	default:
		value, ok := e.values[word]
		e.failed = e.failed || !ok
		return value
	}
}

// TestEvaluator checks the evaluator itself. One case is SETools' wrong text, which must not come out right.
func TestEvaluator(t *testing.T) {
	for _, test := range []struct {
		expression string
		want       string // for qa, qb, qc counted up, qa the lowest bit
	}{
		{"qa", "01010101"},
		{"! qa", "10101010"},
		{"( qa || qb ) && qc", "00000111"},
		{"( qc && qb || qa )", "01010111"},
		{"qa ^ qb && ! qc", "01100101"},
		{"( qa ^ qb ) && ! qc", "01100000"},
	} {
		var got strings.Builder
		for bits := range 8 {
			e := evaluator{words: strings.Fields(test.expression),
				values: map[string]bool{"qa": bits&1 != 0, "qb": bits&2 != 0, "qc": bits&4 != 0}}
			value := e.binary(0)
			if e.failed || len(e.words) > 0 {
				t.Errorf("%s: not read to its end", test.expression)
			}
			got.WriteString(strconv.Itoa(map[bool]int{true: 1}[value]))
		}
		if got.String() != test.want {
			t.Errorf("%s: %s, want %s", test.expression, got.String(), test.want)
		}
	}
}
