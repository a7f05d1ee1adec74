package pattern

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// isOurs reports whether Compile refused a pattern that Python takes.
func isOurs(err error) bool {
	return strings.HasPrefix(err.Error(), "senet does not know") || err.Error() == "the pattern is too large"
}

// patterns are all constructs, right and wrong, and some that mean something else in Go.
var patterns = strings.Fields(`
	httpd ^httpd ^httpd_t$ httpd_.*_t (httpd|nginx)_t ^(?:a|b) ht{2}pd ht{,2}pd ht{,}p h{2,} {a} a{ a{1, a{} a{1}? .+? .*?_t
	[a-c]_t [^a-z] []a] [^]a] [[:alpha:]] [a-] [-a] [\w.]+ [\d_] [\]x] [\\] [\x61-\x63] [\b] \d+ \w+_t \S \bhttpd\b \Ahttp
	_t\Z \x68ttpd \u0068 \60 \060 \0 \141 (?i)HTTPD (?i:HTTPD)_t (?-i:x) (?P<n>ht)tpd (?#comment)httpd (?s).+ (?m)^h a|b| |b ()
	(?:)* ()* \. \- \_ \@ httpd\_t a** ( ) a) *a a*?? a{2}{3} a{2,1} [ [a [] [z-a] [\d-z] [a-\d] \ \q [\q] \1 (?  (?x (?P
	(?P< (?P<n (?P<n>a)(?P<n>b) (?i a(?i) (?z) (?< (?# (?#x (?: {,2} \x1 \u12 (?i-i:a) (?i- (?i-) (?L) ^* $* |* a|* (*)
	(?P<1a>b) (?P>a) (?P<>a) \b* [a- [\ [b-\ (?i: (a ((a) \8 \777 [\777] \400 [\8] \xg (?P! (?<a \z (?:a)** a+* a?{2}
	a{2}* \B+ (?s (?:(?i)a) (?i)(?s)a (?a)x (?i)a|(?s)b a{99999999999} (?i-s:a) (?i-s (?i-z:a) (?iz) (?i-sz:a) (?i; (?i-s; (?i-; x{3}y z+|y ( a)(b (((a))) \Z* \A+`)

var subjects = []string{"httpd_t", "nginx_t", "httpd_sys_content_t", "HTTPD_T", "a", "b", "c", "ab", "hp", "htp",
	"{a}", "a{", "a{1,",
	"a{}", "[", "]", "-", "x", ".", "_", "_t", "0", "a_t", "l:", "alpha", "\\", "", "@ttr0000000001", "{", "aa",
	"xxxy", "httpd.t"}

const peer = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
q = json.load(sys.stdin)
for p in q["patterns"]:
    try:
        c = re.compile(p)
        print(json.dumps({"hits": [bool(c.search(s)) for s in q["subjects"]]}))
    except Exception as e:
        print(json.dumps({"error": str(e)}))
`

// TestAgainstPython compares messages and matches with Python's own.
func TestAgainstPython(t *testing.T) {
	testenv.Need(t, "python3")
	input, err := json.Marshal(map[string][]string{"patterns": patterns, "subjects": subjects})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", peer)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	compared := 0
	for _, p := range patterns {
		if !lines.Scan() {
			t.Fatalf("no answer for %q", p)
		}
		var want struct {
			Error string
			Hits  []bool
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		re, err := Compile(p)
		switch {
		case want.Error != "":
			if err == nil || err.Error() != want.Error {
				t.Errorf("%q: %v, Python says %s", p, err, want.Error)
			}
			continue
		case err != nil:
			if !isOurs(err) {
				t.Errorf("%q: %v, Python takes it", p, err)
			}
			continue
		}
		for i, s := range subjects {
			if re.MatchString(s) != want.Hits[i] {
				t.Errorf("%q in %q: %v, Python says %v", p, s, !want.Hits[i], want.Hits[i])
			}
		}
		compared++
	}
	t.Logf("%d patterns, %d of them valid", len(patterns), compared)
}

// TestUnsupported: syntax that Go's regexp does not have is refused, not misread.
func TestUnsupported(t *testing.T) {
	for _, p := range []string{"a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", `(a)\1`, "(?P<n>a)(?P=n)", "(?>a)", "a++",
		"(?x)a", `\N{DIGIT ONE}`,
		"a{1001}", "(?(1)a)", "\xff"} {
		if _, err := Compile(p); err == nil {
			t.Errorf("%q is accepted", p)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, p := range patterns {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if re, err := Compile(p); err == nil {
			re.MatchString("httpd_t")
		}
	})
}
