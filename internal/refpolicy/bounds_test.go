package refpolicy

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

// hostile returns headers with the interface web_read and a hostile file.
func hostile(t *testing.T, text string) *Headers {
	t.Helper()
	h, err := open(t, write(t, map[string]string{"support/a.spt": support, "a/web.if": interfaces, "b/x.if": text}))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// each repeats a text with %[1]d and %[2]d for a number and the next one.
func each(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

// TestHostileIndex: interfaces that would take long are left out by name, and others are searched; if all together
// would take too much, there is an error. Each case is one way to make much of a short text.
func TestHostileIndex(t *testing.T) {
	for _, c := range []struct {
		name, text string
		failed     int  // how many interfaces are left out
		tooMuch    bool // the index fails
	}{
		// An interface whose arguments matter is expanded with what it calls: here itself, without an end.
		{"thousand that call themselves", each(1000, "interface(`s%[1]d',`ifelse(a,`b',`',"+
			"`allow $1 self:file read;s%[1]d($1)')')\n"), 1000, false},
		{"all that call themselves", each(4000,
			"interface(`s%[1]d',`ifelse(a,`b',`',`s%[1]d($1)s%[1]d($1)')')\n"), 0, true},
		{"two that call each other", "interface(`p',`ifelse(a,`b',`',`q($1)')')" +
			"interface(`q',`ifelse(a,`b',`',`p($1)')')\n",
			2, false},
		{"a call of one that is left out", "interface(`p',`ifelse(a,`b',`',`p($1)')')interface(`q',`p($1)')" +
			"interface(`r',`allow $1 self:file write;q($1)')\n", 3, false},
		{"two that call each other, as calls", "interface(`p',`q($1)')interface(`q',`p($1)')interface(`r',`q($1)')\n",
			3, false},
		{"calls of itself that stay calls", "interface(`self',`allow $1 self:file read;self($1)')\n", 1, false},
		// The text doubles with each call, in rules, in sets, and in conditions.
		{"rules double", each(40, "interface(`d%[1]d',`d%[2]d($1)d%[2]d($1)')\n") +
			"interface(`d40',`allow $1 self:file read;')\n", 0, true},
		{"sets double", each(40, "interface(`d%[1]d',`d%[2]d({ $1 $1 })')\n") +
			"interface(`d40',`allow $1 self:file read;')\n", 27, false},
		{"conditions double", each(40, "interface(`d%[1]d',`d%[2]d($1,$2 && $2)')\n") +
			"interface(`d40',`tunable_policy(`$2',`allow $1 self:file read;')')\n", 27, false},
		{"text doubles", each(40, "interface(`d%[1]d',`ifelse(a,`b',`',`d%[2]d($1)d%[2]d($1)')')\n") +
			"interface(`d40',`allow $1 self:file read;')\n", 31, false},
		// Deep ones.
		{"calls in calls", each(20000, "interface(`d%[1]d',`d%[2]d($1)')\n") +
			"interface(`d20000',`allow $1 self:file read;')\n", 20001, false},
		{"blocks in blocks", "interface(`deep',`" + strings.Repeat("if (a) { ", 5000) + "allow $1 self:file read;" +
			strings.Repeat("}", 5000) + "')\n", 1, false},
		{"blocks in blocks, not closed", "interface(`deep',`" + strings.Repeat("optional {", 50000) + "')\n", 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			begun := time.Now()
			h := hostile(t, c.text)
			x, err := h.Index()
			took := time.Since(begun)
			var much *TooMuchError
			if errors.As(err, &much) != c.tooMuch || err != nil && much == nil {
				t.Fatalf("%v, want an error: %v", err, c.tooMuch)
			}
			if took > time.Minute { // seconds at most, on a busy machine too
				t.Errorf("it took %v", took)
			}
			if err != nil {
				return
			}
			if x.failures != c.failed {
				t.Errorf("%d are left out, want %d", x.failures, c.failed)
			}
			for def, err := range x.Failures() {
				if !strings.Contains(err.Error(), h.Defs[def].Name) {
					t.Errorf("the reason does not name %s: %v", h.Defs[def].Name, err)
				}
			}
			def, ok := h.Find("web_read")
			if !ok || x.Failure(def) != nil || x.Rules(def).Len() != 1 {
				t.Errorf("web_read has %d rules", x.Rules(def).Len())
			}
		})
	}
}

// TestBoundsAreFar: the headers that there are take a tenth of each bound at most.
func TestBoundsAreFar(t *testing.T) {
	testenv.Need(t, "apt-get")
	h := openHeaders(t)
	x, err := h.draft()
	if err != nil || len(x.failed) > 0 {
		t.Fatal(err, x.failed)
	}
	e := h.engine.Fork()
	all := x.sets.bytes + x.condBytes
	for def := range h.Defs {
		if _, err := e.Expand("", h.call(def, true)); err != nil {
			t.Fatal(err)
		}
		all += e.Work()
	}
	if all > maxWork/4 || len(x.rules) > maxRules/10 {
		t.Errorf("%d bytes, %d rules", all, len(x.rules))
	}
}

// TestHostileFiles: files whose text expands to much, without an error in one of them, are refused together.
func TestHostileFiles(t *testing.T) {
	files := map[string]string{"support/a.spt": support + "define(`much',`" + strings.Repeat("x", 1<<16) + "')\n",
		"a/web.if": interfaces}
	for i := range 30 {
		files[fmt.Sprintf("b/x%d.if", i)] = strings.Repeat("much ", 150) + "\n"
	}
	begun := time.Now()
	_, err := open(t, write(t, files))
	var much *TooMuchError
	if !errors.As(err, &much) || time.Since(begun) > time.Minute {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
	for i := 5; i < 30; i++ {
		delete(files, fmt.Sprintf("b/x%d.if", i))
	}
	if _, err := open(t, write(t, files)); err != nil {
		t.Error(err)
	}
}
