package semanagecli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

func seed(t *testing.T) uint64 { return testenv.Seed(t) }

// randomWords makes a command line of options of the subcommand and of things
// that argparse treats specially.
func randomWords(rng *rand.Rand) []string {
	names := []string{"port", "boolean", "node", "interface", "ibpkey", "ibendport", "import", "export", "login",
		"user",
		"fcontext", "module", "permissive", "dontaudit"}
	name := names[rng.IntN(len(names))]
	options := findCommand(name).parser.Options
	values := []string{"http_port_t", "80", "-5", "", "--", "-", "it's", "-a b", "10.0.0.0", "on", "--nosuch", "-x",
		"d"}
	var words []string
	if rng.IntN(8) > 0 {
		words = append(words, name)
	}
	for range rng.IntN(7) {
		o := options[rng.IntN(len(options))]
		for o.Effect != argparse.Note && rng.IntN(8) > 0 {
			o = options[rng.IntN(len(options))]
		}
		word := o.Names[rng.IntN(len(o.Names))]
		value := values[rng.IntN(len(values))]
		switch rng.IntN(14) {
		case 0:
			word = word[:1+rng.IntN(len(word))]
		case 1:
			word += "=" + value
		case 2:
			word += value
		case 3:
			word += strings.TrimLeft(options[rng.IntN(len(options))].Names[0], "-")
		case 4:
			word = value
		}
		words = append(words, word)
		if o.Arity != argparse.Flag || rng.IntN(8) == 0 {
			words = append(words, value)
		}
	}
	switch rng.IntN(12) {
	case 0:
		words = append(words, []string{"-i", "-o", "nosuch", "-h"}[rng.IntN(4)])
	case 1:
		words = slices.Insert(words, 0, []string{"-N", "-h", "--he", "-hx", "x", "--", "-1"}[rng.IntN(7)])
	}
	if words == nil {
		words = []string{}
	}
	return words
}

type parsed struct {
	Code     *int
	Out, Err string
	Args     map[string]any
}

func askParser(t *testing.T, lines [][]string) []parsed {
	t.Helper()
	testenv.Need(t, "semanage")
	if err := exec.Command(stores.Python, "-c", "import semanage, seobject, sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python modules of semanage: "+err.Error())
	}
	var input, stderr bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, words := range lines {
		if err := encoder.Encode(words); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(stores.Python, "testdata/peer_parse.py")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "COLUMNS=80")
	cmd.Stdin, cmd.Stderr = &input, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	answers := make([]parsed, 0, len(lines))
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var a parsed
		if err := json.Unmarshal(scanner.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(lines) {
		t.Fatalf("%d answers to %d lines", len(answers), len(lines))
	}
	return answers
}

// firstUsage cuts a help text, which is this package's own, down to its usage.
func firstUsage(s string) string {
	usage, _, _ := strings.Cut(s, "\n\n")
	return strings.TrimSuffix(usage, "\n")
}

// TestGrammarAgainstSemanage parses random command lines with semanage's own
// parser: the same values, or the same message on the same stream.
func TestGrammarAgainstSemanage(t *testing.T) {
	t.Parallel()
	n := 400
	if testenv.Long() {
		n = 20000
	}
	var lines [][]string
	for _, s := range []uint64{1, seed(t)} {
		rng := rand.New(rand.NewPCG(s, 7))
		for range n {
			lines = append(lines, randomWords(rng))
		}
	}
	accepted := 0
	for i, want := range askParser(t, lines) {
		words := lines[i]
		r := &run{tool: &Tool{}, args: words}
		a, err := parse(legacyArgs(words))
		if err == nil {
			err = a.check()
		}
		if err != nil {
			code, message := r.report(err)
			if want.Code == nil || *want.Code != code || firstUsage(r.out.String()) != firstUsage(want.Out) ||
				message != want.Err {
				t.Fatalf("%q: exit %d\n%s\n%s\nsemanage: %+v", words, code, r.out.String(), message, want)
			}
			continue
		}
		if want.Args == nil {
			t.Fatalf("%q: accepted; semanage: %+v", words, want)
		}
		accepted++
		for dest, value := range want.Args {
			switch value := value.(type) {
			case string:
				if got := whole(a, dest); dest != "subcommand" && value != got {
					t.Fatalf("%q: %s is %q, semanage's %q", words, dest, got, value)
				}
			case bool:
				if a.given(dest) != (value != (dest == "noheading")) {
					t.Fatalf("%q: %s: semanage has %v", words, dest, value)
				}
			}
		}
		for _, v := range a.result.Values {
			if _, ok := want.Args[v.Dest]; !ok && v.Given && a.text(v.Dest) != "" {
				t.Fatalf("%q: %s is %q, semanage has none", words, v.Dest, v.Text)
			}
		}
	}
	// The lines are worth little if nearly all of them are refused.
	if accepted < len(lines)/50 {
		t.Errorf("only %d of %d lines are valid", accepted, len(lines))
	}
	t.Logf("%d lines, %d valid", len(lines), accepted)
}

// whole returns all values of a destination that may have several, with defaults that the
// parser of semanage knows.
func whole(a *arguments, dest string) string {
	switch dest {
	case "roles", "action_remove", "action_disable", "action_enable":
		return strings.Join(strings.Fields(strings.Join(a.all(dest), " ")), " ")
	}
	defaults := map[string]string{"level": "s0", "prefix": "user", "priority": "400"}
	if def, ok := defaults[dest]; ok && !a.given(dest) {
		return def
	}
	return a.text(dest)
}
