package argparse

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// rulesLike has what sesearch's table has: flags that share letters with single-dash names, names
// that are prefixes of others.
var rulesLike = Parser{Options: []Option{
	{Names: []string{"-h", "--help"}, Dest: "help", Effect: ShowHelp},
	{Names: []string{"--version"}, Dest: "version", Effect: ShowVersion},
	{Names: []string{"-v", "--verbose"}, Dest: "verbose", Const: "yes"},
	{Names: []string{"-A"}, Dest: "kinds", Const: "A"},
	{Names: []string{"--allow"}, Dest: "kinds", Const: "allow"},
	{Names: []string{"--allowx"}, Dest: "kinds", Const: "allowx"},
	{Names: []string{"-T", "--type_trans"}, Dest: "kinds", Const: "T"},
	{Names: []string{"--type_change"}, Dest: "kinds", Const: "change"},
	{Names: []string{"-s", "--source"}, Dest: "source", Arity: One},
	{Names: []string{"-d", "--default"}, Dest: "default", Arity: One},
	{Names: []string{"-ds"}, Dest: "direct", Const: "s"},
	{Names: []string{"-dt"}, Dest: "direct", Const: "t"},
	{Names: []string{"-ep"}, Dest: "equal", Const: "p"},
	{Names: []string{"-Sp"}, Dest: "subset", Const: "p"},
	{Names: []string{"-x", "--xs"}, Dest: "x", Arity: ListOne},
}, Positionals: []Positional{{Dest: "policy"}}}

// componentsLike has what seinfo's table has: optional values.
var componentsLike = Parser{Options: []Option{
	{Names: []string{"-h", "--help"}, Dest: "help", Effect: ShowHelp},
	{Names: []string{"-x", "--expand"}, Dest: "expand", Const: "yes"},
	{Names: []string{"--flat"}, Dest: "flat", Const: "yes"},
	{Names: []string{"-t", "--type"}, Dest: "type", Arity: Optional},
	{Names: []string{"-a", "--attribute"}, Dest: "attribute", Arity: Optional},
	{Names: []string{"--typebounds"}, Dest: "typebounds", Arity: Optional},
	{Names: []string{"--portcon"}, Dest: "portcon", Arity: Optional},
	{Names: []string{"--all"}, Dest: "all", Const: "yes"},
}, Positionals: []Positional{{Dest: "policy"}}}

// twoPositionals shows how optional positionals are used up early, and an option that looks like a negative number.
var twoPositionals = Parser{Options: []Option{
	{Names: []string{"-1"}, Dest: "one", Const: "1"},
	{Names: []string{"-n", "--name"}, Dest: "name", Arity: One},
	{Names: []string{"-o"}, Dest: "o", Arity: Optional},
}, Positionals: []Positional{{Dest: "first"}, {Dest: "second"}}}

var tables = []*Parser{&rulesLike, &componentsLike, &twoPositionals}

type request struct {
	Table int      `json:"table"`
	Words []string `json:"words"`
	args  []string
}

type answer struct {
	Log   [][2]*string `json:"log"`
	Error string       `json:"error"`
}

// TestAgainstPython compares the order and values of all actions, or the text of the error, with
// Python's on random lines.
func TestAgainstPython(t *testing.T) {
	testenv.Need(t, "python3")
	seed := testenv.Seed(t)
	var requests []request
	for _, s := range []uint64{1, seed} {
		rng := rand.New(rand.NewPCG(s, s))
		for range 20000 {
			table := rng.IntN(len(tables))
			r := request{Table: table}
			for range rng.IntN(6) {
				word := randomWord(rng, tables[table])
				r.args = append(r.args, word)
				r.Words = append(r.Words, hex.EncodeToString([]byte(word)))
			}
			requests = append(requests, r)
		}
	}
	answers := askPython(t, requests)
	accepted := 0
	for i, r := range requests {
		got, err := tables[r.Table].Parse(r.args)
		if want := unhex(t, answers[i].Error); want != "" {
			if err == nil || escapeBytes(describe(err)) != escapeBytes(want) {
				t.Fatalf("table %d, %q: error %v, want %s", r.Table, r.args, err, want)
			}
			continue
		}
		if err != nil {
			t.Fatalf("table %d, %q: error %v, Python accepts it", r.Table, r.args, err)
		}
		accepted++
		if g, w := gotLog(got), wantLog(t, answers[i].Log); g != w {
			t.Fatalf("table %d, %q:\n got %s\nwant %s", r.Table, r.args, g, w)
		}
	}
	// The lines are worth little if nearly all of them are refused.
	if accepted < len(requests)/5 {
		t.Errorf("only %d of %d lines are valid", accepted, len(requests))
	}
	t.Logf("%d lines, %d of them valid", len(requests), accepted)
}

func describe(err error) string {
	switch {
	case errors.Is(err, ErrHelp):
		return "help"
	case errors.Is(err, ErrVersion):
		return "version"
	}
	return err.Error()
}

// escapeBytes undoes a difference of the test's transport: in a message that quotes a word, Python
// shows a byte that is not
// UTF-8 escaped, in one that does not it passes the byte itself, as this package does.
func escapeBytes(s string) string { return strings.ToValidUTF8(s, "?") }

func gotLog(r *Result) string {
	var b strings.Builder
	for _, v := range r.Values {
		b.WriteString(v.Dest)
		if v.Given {
			b.WriteString("=" + v.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func wantLog(t *testing.T, log [][2]*string) string {
	t.Helper()
	var b strings.Builder
	for _, entry := range log {
		b.WriteString(*entry[0])
		if entry[1] != nil {
			b.WriteString("=" + unhex(t, *entry[1]))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func unhex(t *testing.T, s string) string {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// randomWord makes option words, half of them changed, and the kinds of words that argparse treats specially.
func randomWord(rng *rand.Rand, p *Parser) string {
	special := []string{"--", "-", "", "-5", "-.5", "-1.25\n", "-a b", "--no such", "--nosuch", "-٣", "it's", `"`,
		"a,b", "-\xff",
		"-A\xc3\xa9'", "--all=\x01\\\n", "policy", "x_t", "80-90", "a b"}
	switch rng.IntN(10) {
	case 0, 1:
		return special[rng.IntN(len(special))]
	case 2, 3, 4:
		return []string{"policy", "x_t", "80", "a,b"}[rng.IntN(4)]
	}
	o := p.Options[rng.IntN(len(p.Options))]
	for o.Effect != Note && rng.IntN(4) > 0 {
		o = p.Options[rng.IntN(len(p.Options))]
	}
	name := o.Names[rng.IntN(len(o.Names))]
	switch rng.IntN(8) {
	case 0: // an abbreviation
		return name[:1+rng.IntN(len(name))]
	case 1:
		return name + "=" + special[rng.IntN(len(special))]
	case 2: // a cluster or an attached value
		return name + special[rng.IntN(len(special))]
	case 3:
		other := p.Options[rng.IntN(len(p.Options))]
		return name + strings.TrimLeft(other.Names[0], "-")
	}
	return name
}

func askPython(t *testing.T, requests []request) []answer {
	t.Helper()
	type option struct {
		Names  []string `json:"names"`
		Dest   string   `json:"dest"`
		Arity  string   `json:"arity"`
		Effect string   `json:"effect"`
		Const  string   `json:"const"`
	}
	type table struct {
		Options     []option `json:"options"`
		Positionals []string `json:"positionals"`
	}
	var sent []table
	for _, p := range tables {
		var s table
		for _, o := range p.Options {
			s.Options = append(s.Options, option{o.Names, o.Dest,
				[]string{"flag", "one", "optional", "list"}[o.Arity], []string{"", "help",
					"version"}[o.Effect], o.Const})
		}
		for _, a := range p.Positionals {
			s.Positionals = append(s.Positionals, a.Dest)
		}
		sent = append(sent, s)
	}
	var input bytes.Buffer
	encoder := json.NewEncoder(&input)
	if err := encoder.Encode(sent); err != nil {
		t.Fatal(err)
	}
	for _, r := range requests {
		if r.Words == nil {
			r.Words = []string{}
		}
		if err := encoder.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("python3", "testdata/peer.py")
	cmd.Stdin = &input
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, stderr.Bytes())
	}
	var answers []answer
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(requests) {
		t.Fatalf("python3 answered %d of %d lines", len(answers), len(requests))
	}
	return answers
}
