package m4

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// rules has a case for each rule of the language; what m4 makes of it is checked by
// TestPeer.
var rules = []struct{ rule, text, want string }{
	{"text without macros stays", "allow a b:file read;\n", "allow a b:file read;\n"},
	{"a word is replaced and read again", "define(`a',`b')define(`b',`c')a ab\n", "c ab\n"},
	{"quotes are taken off once", "``a'' `b'\n", "`a' b\n"},
	{"a comment stays, with its quotes and macros", "define(`a',`b')# a `\na\n", "# a `\nb\n"},
	{"dnl takes the line", "a dnl b\nc\n", "a c\n"},
	{"arguments by number", "define(`f',`$2-$1-$3.')f(a,b)\n", "b-a-.\n"},
	{"the tenth argument", "define(`f',`$10')f(1,2,3,4,5,6,7,8,9,ten)\n", "ten\n"},
	{"the name itself", "define(`f',``$0'')f\n", "f\n"},
	{"all arguments and their number", "define(`f',`$#:$*')f(a,`b,c')`'f`'f()\n", "2:a,b,c0:1:\n"},
	{"quoted arguments", "define(`g',`$#')define(`f',`g($@)')f(a,`b,c')\n", "2\n"},
	{"a dollar before something else", "define(`f',`$a $ $')f\n", "$a $ $\n"},
	{"blanks in front of an argument go, behind it they stay", "define(`f',`[$1]')f( \n a )\n", "[a ]\n"},
	{"parentheses in arguments", "define(`f',`[$1]')f((a,b))\n", "[(a,b)]\n"},
	{"a macro in an argument", "define(`a',`x,y')define(`f',`$1/$2')f(a) f(`a')\n", "x/y x,y/\n"},
	{"a name that an expansion makes is read with what follows", "define(`a',`fo')define(`foo',`x')a()o\n", "x\n"},
	{"an expansion that ends with a name takes parentheses", "define(`f',`[$1]')define(`g',`f')g()(a)\n", "[a]\n"},
	{"a built-in name without parentheses is text", "define index ifelse shift\n", "define index ifelse shift\n"},
	{"ifdef", "ifdef(`a',`y',`n')`'define(`a')ifdef(`a',`y',`n')`'ifdef(`b',`y')\n", "ny\n"},
	{"ifelse compares", "ifelse(a,a,1,2)ifelse(a,b,1,2)ifelse(a,b,1)ifelse(a)\n", "12\n"},
	{"ifelse goes on", "ifelse(a,b,1,c,c,2,3)ifelse(a,b,1,c,d,2,3)ifelse(a,b,1,c,d,2)\n", "23\n"},
	{"ifelse with five arguments", "ifelse(a,b,1,c,c)\n", "c\n"},
	{"pushdef hides, popdef shows again", "define(`a',1)pushdef(`a',2)a`'popdef(`a')a`'popdef(`a')a\n", "21a\n"},
	{"define replaces the uppermost", "define(`a',1)pushdef(`a',2)define(`a',3)a`'popdef(`a')a\n", "31\n"},
	{"undefine takes all", "define(`a',1)pushdef(`a',2)undefine(`a')a\n", "a\n"},
	{"shift quotes", "define(`g',`$#.$1')g(shift(1,`2,3',4))\n", "2.2,3\n"},
	{"incr and decr", "incr(9)decr(0)incr( 1)\n", "10-12\n"},
	{"len, index and substr",
		"len(abc)index(abc,c)index(abc,x)substr(abcd,1,2)`'substr(abc,1)`'substr(abc,9)\n", "32-1bcbc\n"},
	{"regexp finds and replaces",
		"regexp(`a bc',`\\w+$')regexp(`a bc',`\\(\\w\\) \\(\\w\\)',`\\2\\1')`'regexp(a,b)\n", "2ba-1\n"},
	{"regexp takes the longest", "regexp(`abab',`a\\|ab\\|aba',`\\&')\n", "aba\n"},
	{"divert throws text away", "a divert(-1)b define(`c',`d')divert c\n", "a  d\n"},
	{"defn is quoted", "define(`a',`b')define(`b',`c')define(`x',defn(`a'))defn(`a')\n", "b\n"},
	{"a call in the text that a call makes", "define(`f',`ifelse($1,0,done,`f(decr($1))')')f(5)\n", "done\n"},
	{"errprint prints nothing into the text", "a`'errprint(`b')\n", "a\n"},
	{"a call may begin in an expansion and end behind it", "define(`f',`[$1]')define(`q',`f(a')q`'b) c\n", "[ab] c\n"},
}

// TestRules: one case for each rule.
func TestRules(t *testing.T) {
	for _, c := range rules {
		got, err := New(Options{}).Expand("x", c.text)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q becomes %q, %v; want %q", c.rule, c.text, got, err, c.want)
		}
	}
}

// TestPeer: m4 makes the same of the rules.
func TestPeer(t *testing.T) {
	testenv.Need(t, "m4")
	for _, c := range rules {
		samePeer(t, c.text)
	}
}

// samePeer compares with m4; texts that m4 refuses have to be errors here, those that it
// complains of may be.
func samePeer(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.m4")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("m4", file)
	var errs strings.Builder
	cmd.Stderr = &errs
	theirs, failed := cmd.Output()
	own, err := New(Options{}).Expand("x", text)
	switch {
	case failed != nil && err == nil:
		t.Errorf("%q becomes %q, m4: %s", text, own, errs.String())
	case failed == nil && err != nil && errs.Len() == 0 && !strings.Contains(err.Error(), "not supported"):
		t.Errorf("%q: %v, m4 %q %s", text, err, theirs, errs.String())
	case failed == nil && err == nil && string(own) != string(theirs):
		t.Errorf("%q becomes %q, with m4 %q", text, own, theirs)
	}
}

// TestMistakes: errors have the line of the file.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		want string
	}{
		{"a\nifdef(`a',\n", 2, "closing parenthesis"},
		{"a\n\n`b", 3, "quote"},
		{"a # b", 1, "comment"},
		{"\nsyscmd(`ls')\n", 2, "syscmd of m4 is not supported"},
		{"include(`/etc/passwd')", 1, "include of m4 is not supported"},
		{"changequote\n", 1, "changequote of m4 is not supported"},
		{"define(`f',`\n\neval(1)')\n\nf\n", 5, "eval of m4"},
		{"incr(x)", 1, `"x" is not a number`},
		{"divert(2)", 1, "divert(2)"},
		{"regexp(a,`[a]')", 1, "sets of characters"},
		{"defn(`define')", 1, "built-in macro define"},
	} {
		_, err := New(Options{}).Expand("web.te", c.text)
		var e *Error
		if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Msg, c.want) || e.File != "web.te" {
			t.Errorf("%q: %v, want line %d and %q", c.text, err, c.line, c.want)
		}
	}
}

// TestBounds: what would have no end is an error.
func TestBounds(t *testing.T) {
	o := Options{Work: 1 << 20, Depth: 50, Args: 1 << 16}
	for _, c := range []struct{ text, want string }{
		{"define(`x',`x')x", "expand to more than"},
		{"define(`x',`$1 x(`$1$1')')x(aaaa)", "more than"},
		{"define(`x',`$1$1')" + strings.Repeat("x(", 40) + "aaaa" + strings.Repeat(")", 40), "more than"},
		{strings.Repeat("len(", 60) + strings.Repeat(")", 60), "deep"},
		{"define(`x',`define(`a',defn(`a')defn(`a')b)x')define(`a',b)x", "more than"},
	} {
		_, err := New(o).Expand("x", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %q", c.text, err, c.want)
		}
	}
}

// TestFork: definitions of a fork are its own.
func TestFork(t *testing.T) {
	e := New(Options{})
	e.Define("a", "1")
	f := e.Fork()
	const text = "pushdef(`a',2)a`'popdef(`a')a`'undefine(`a')a`'define(`a',3)a"
	if got, err := f.Expand("x", text); string(got) != "21a3" {
		t.Error(string(got), err)
	}
	if got, err := e.Expand("x", "a"); string(got) != "1" {
		t.Error(string(got), err)
	}
}
