package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// runExplain runs senet explain and returns its exit code and output.
func runExplain(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(append([]string{"senet", "explain"}, args...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// example returns the example policy, after an edit, in a file of the test's
// working directory.
func editedExample(t *testing.T, name string, edit func(*policydb.Policy)) {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	edit(db)
	if err := os.WriteFile(name, db.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestExplainLayers compares the page with testdata; -update writes it. In the
// second policy every packet is checked, in the third by association.
func TestExplainLayers(t *testing.T) {
	golden, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	editedExample(t, "always.policy", func(db *policydb.Policy) {
		db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork))
	})
	editedExample(t, "plain.policy", func(db *policydb.Policy) {
		db.PolicyCaps = db.PolicyCaps.Without(uint32(policy.CapNetworkPeerControls))
	})
	for _, name := range []string{"example", "always.policy", "plain.policy"} {
		code, got, stderr := runExplain(t, "layers", "--policy", name)
		if code != exitYes || stderr != "" {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
		if lines := strings.Count(got, "\n"); lines > 50 {
			t.Errorf("%s: %d lines do not fit two screens", name, lines)
		}
		file := filepath.Join(golden, "explain-layers-"+strings.TrimSuffix(name, ".policy")+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (run with -update):\n%s", name, diff)
		}
	}
}

// TestExplainLive: the marks of the layers that always_check_network brings to
// life.
func TestExplainLive(t *testing.T) {
	t.Chdir(t.TempDir())
	editedExample(t, "always.policy", func(db *policydb.Policy) {
		db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork))
	})
	for policyName, want := range map[string]string{"example": "not asked", "always.policy": "live"} {
		_, text, _ := runExplain(t, "layers", "--policy", policyName)
		n := 0
		for line := range strings.Lines(text) {
			for _, check := range []string{"netif { egress ingress }", "node { sendto recvfrom }", "peer recv",
				"packet { send recv }"} {
				if strings.Contains(line, check) {
					n++
					if !strings.HasSuffix(strings.TrimSpace(line), "both    "+want) {
						t.Errorf("%s: %q is not %s", policyName, line, want)
					}
				}
			}
		}
		if n != 4 {
			t.Errorf("%s: %d of the 4 layers of packets:\n%s", policyName, n, text)
		}
	}
}

// TestExplainDead has the answer about a permission that is dead.
func TestExplainDead(t *testing.T) {
	for _, word := range []string{"tcp_send", "netif:tcp_send", "send_msg", "enforce_dest"} {
		code, text, _ := runExplain(t, word, "--policy", "example")
		first, _, _ := strings.Cut(text, "\n")
		if code != exitYes || first != word+": no kernel since 2.6.30 asks for it" {
			t.Errorf("%s: exit %d: %s", word, code, first)
		}
	}
}

// TestExplainWidth prints every page, and every name of the example policy, and
// looks for lines that do not fit a terminal, for holes and for a page without
// an end.
func TestExplainWidth(t *testing.T) {
	book, err := explain.Open()
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{"layers": true}
	for _, e := range book.Entries() {
		words[e.Word] = true
	}
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	for id := range p.Types() {
		words[p.TypeName(id)] = true
	}
	for id := range p.AllAttributes() {
		words[p.TypeName(id)] = true
	}
	for id := range p.Bools() {
		words[p.BoolName(id)] = true
	}
	for class := range p.Classes() {
		words[p.ClassName(class)] = true
		for _, perm := range p.Perms(class) {
			words[p.ClassName(class)+":"+perm], words[perm] = true, true
		}
	}
	if len(words) < 400 {
		t.Fatalf("only %d words", len(words))
	}
	for word := range words {
		code, text, stderr := runExplain(t, word, "--policy", "example")
		if code != exitYes {
			t.Errorf("%s: exit %d: %s", word, code, stderr)
			continue
		}
		checkText(t, word, text)
	}
	_, text, _ := runExplain(t)
	checkText(t, "no word", text)
}

func checkText(t *testing.T, word, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 80 || strings.TrimRight(line, " ") != line && line != "" {
			t.Errorf("%s: %d columns, or blanks at the end: %q", word, len(line), line)
		}
		for _, r := range line {
			if r < ' ' || r > '~' {
				t.Errorf("%s: %q is not ASCII", word, line)
			}
		}
	}
	if text != "" && (strings.Contains(text, "\n\n\n") || strings.HasSuffix(text, "\n\n") ||
		!strings.HasSuffix(text, "\n")) {
		t.Errorf("%s: blank lines:\n%s", word, text)
	}
	if text != "" && !strings.Contains(text, "\nnext    senet ") && !strings.Contains(text, "\nnext    ") {
		t.Errorf("%s leads nowhere:\n%s", word, text)
	}
}

// TestExplainExit has the exit codes and messages.
func TestExplainExit(t *testing.T) {
	for _, c := range []struct {
		args   []string
		code   int
		stderr string // a part of it
	}{
		{[]string{"SN-NO-RULE"}, exitYes, ""},
		{[]string{"SN-NO-RULE", "--policy", "/nonexistent"}, exitYes, ""}, // no policy is needed
		{[]string{"name_connect", "--policy", "/nonexistent"}, exitUnreadable, "/nonexistent"},
		{[]string{"tcp_sent", "--policy", "example"}, exitUsage, "did you mean tcp_send"},
		{[]string{"haproxy_r", "--policy", "example"}, exitUsage, "did you mean haproxy_t"},
		{[]string{"a", "b"}, exitUsage, ""},
		{[]string{"name_connect", "--policy", "example", "--bool", "squid_connect_any=perhaps"}, exitUsage,
			"squid_connect_any"},
		{nil, exitYes, ""},
	} {
		code, stdout, stderr := runExplain(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.stderr) || (code == exitYes) == (stdout == "") {
			t.Errorf("%q: exit %d, want %d: %s", c.args, code, c.code, stderr)
		}
	}
}

// TestExplainJSON has the fields that are promised.
func TestExplainJSON(t *testing.T) {
	for _, c := range []struct{ word, kind string }{
		{"layers", "topic"}, {"SN-BOUNDS", "reason"}, {"SN-E-BROADCAST", "elsewhere"}, {"name_connect", "permission"},
		{"tcp_socket", "class"}, {"http_port_t", "port type"},
		{"haproxy_t", "domain"}, {"squid_connect_any", "boolean"}, {"port_type", "attribute"}, {"netif", "layer"},
		{"corenet_tcp_connect_http_port", "interface"},
		{"always_check_network", "policy capability"},
	} {
		_, text, stderr := runExplain(t, c.word, "--json", "--policy", "example")
		var got map[string]any
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v %s", c.word, err, stderr)
			continue
		}
		if got["schema"] != "senet.explain/1" || got["topic"] != c.word || got["kind"] != c.kind {
			t.Errorf("%s: %v %v %v", c.word, got["schema"], got["topic"], got["kind"])
		}
		for _, field := range []string{"title", "text", "live", "see"} {
			if _, ok := got[field]; !ok {
				t.Errorf("%s has no %s", c.word, field)
			}
		}
	}
}

// TestExplainCommands runs the commands that pages end with.
func TestExplainCommands(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "example.policy")
	editedExample(t, file, func(*policydb.Policy) {})
	texts, err := filepath.Glob("../explain/pages/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range texts {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			command, ok := strings.CutPrefix(strings.TrimSpace(line), "senet ")
			if !ok || !strings.HasPrefix(line, "    ") {
				continue
			}
			args := append([]string{"senet"}, strings.Fields(command)...)
			switch args[1] {
			case "search", "info":
				args = append(args, file)
			case "can", "who", "ports", "explain":
				args = append(args, "--policy", file)
			default: // host reads this machine
				continue
			}
			if strings.Contains(command, "PARENT_t") || strings.Contains(command, "--host") {
				continue // placeholders
			}
			n++
			var stdout, stderr bytes.Buffer
			if code := Main(args, strings.NewReader(""), &stdout, &stderr); code > exitNo {
				t.Errorf("senet %s: exit %d: %s", command, code, stderr.String())
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d commands", n)
	}
}
