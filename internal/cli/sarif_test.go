package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

// webModule is a module that opens ports to a domain, through a macro, by a rule of its own
// and under a boolean, and lets another trace it.
const webModule = `(macro reach ((type t)) (allow haproxy_t t (tcp_socket (name_connect))))
(call reach (ssh_port_t))
(allow haproxy_t squid_port_t (tcp_socket (name_bind)))
(allow squid_t haproxy_t (process (ptrace)))
(booleanif haproxy_connect_any
  (true (allow mysqld_t ssh_port_t (tcp_socket (name_bind)))))
`

// webTests fail by its rules.
const webTests = `tests:
  - {may_not: haproxy_t connect tcp/22}
  - {neverallow: "squid_t haproxy_t:process ptrace;"}
  - {may: haproxy_t connect tcp/5432}
  - {may: nosuch_t connect tcp/1}
`

// A sarifLog is what these tests read of a log.
type sarifLog struct {
	Runs []struct {
		Results []struct {
			RuleID    string
			Message   struct{ Text string }
			Locations []sarifPlace
			Related   []sarifPlace `json:"relatedLocations"`
		}
	}
}

type sarifPlace struct {
	PhysicalLocation struct {
		ArtifactLocation struct{ URI string }
		Region           struct{ StartLine int }
	}
}

func (p sarifPlace) String() string {
	return fmt.Sprintf("%s:%d", p.PhysicalLocation.ArtifactLocation.URI, p.PhysicalLocation.Region.StartLine)
}

// sarifLogs makes logs of all commands that write them, in the working directory.
func sarifLogs(t *testing.T) map[string][]byte {
	t.Helper()
	example, err := os.ReadFile("../../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	categories, order := &strings.Builder{}, &strings.Builder{}
	for i := range 1024 {
		fmt.Fprintf(categories, "(category c%d)\n", i)
		fmt.Fprintf(order, " c%d", i)
	}
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"base.cil": fmt.Sprintf("%s\n%s(categoryorder (%s))\n", example, categories, order),
		"web.cil":  webModule, "tests.yaml": webTests,
		"haproxy.cfg": "frontend f\n    mode http\n    bind :5432\n",
	} {
		if err := os.MkdirAll("modules", 0o700); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".cil") {
			name = filepath.Join("modules", name)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	logs := make(map[string][]byte)
	run := func(name string, args ...string) {
		var out, errs bytes.Buffer
		code := cli.Main(append([]string{"senet"}, args...), strings.NewReader(""), &out, &errs)
		if code > 1 {
			t.Fatalf("%v: status %d: %s", args, code, &errs)
		}
		logs[name] = out.Bytes()
	}
	whole, err := filepath.Abs("after")
	if err != nil {
		t.Fatal(err)
	}
	run("", "compile", "modules/base.cil", "-o", "before")
	run("", "compile", "modules/base.cil", "modules/web.cil", "-o", "after")
	run("diff", "diff", "before", "after", "--format", "sarif", "--modules-from", "modules")
	run("diff bool", "diff", "before", "after", "--bool", "haproxy_connect_any=on", "--format", "sarif",
		"--modules-from", "modules")
	run("diff alone", "diff", "before", whole, "--format", "sarif")
	run("back", "diff", "after", "before", "--format", "sarif")
	run("same", "diff", "before", "before", "--format", "sarif")
	run("test", "test", "tests.yaml", "--policy", "after", "--modules-from", "modules", "--format", "sarif")
	run("test alone", "test", "tests.yaml", "--policy", "after", "--format", "sarif")
	run("check", "check", "haproxy.cfg", "--policy", "example", "--format", "sarif")
	delete(logs, "")
	return logs
}

// anyPort is the line of the example's rule that haproxy_connect_any switches.
func anyPort(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("modules/base.cil")
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(text), "(allow haproxy_t port_type (tcp_socket")
	if !found {
		t.Fatal("the example has no such rule")
	}
	return strconv.Itoa(1 + strings.Count(before, "\n"))
}

// TestSARIFPlaces: a result stands at the statement that its rule comes from.
func TestSARIFPlaces(t *testing.T) {
	logs := sarifLogs(t)
	for name, want := range map[string][]string{
		"diff": {
			"haproxy_t gains connect tcp/22: modules/web.cil:1", "haproxy_t gains bind tcp/3128: modules/web.cil:3",
			"squid_t may trace another domain: modules/web.cil:4", "Rules, expanded to types: after:1",
		},
		"diff bool": {
			"haproxy_t gains connect tcp/: modules/base.cil:" + anyPort(t), "haproxy_connect_any is on: after:1",
		},
		"diff alone": {"haproxy_t gains connect tcp/22: /after:1"},
		"test": {
			"may_not haproxy_t connect tcp/22: modules/web.cil:1 (tests.yaml:2)",
			"neverallow squid_t haproxy_t:process ptrace;: modules/web.cil:4 (tests.yaml:3)",
			"may haproxy_t connect tcp/5432: tests.yaml:4", "may nosuch_t connect tcp/1: tests.yaml:5",
		},
		"test alone": {"may_not haproxy_t connect tcp/22: tests.yaml:2"},
		"check":      {"haproxy.cfg:3"},
	} {
		var log sarifLog
		if err := json.Unmarshal(logs[name], &log); err != nil {
			t.Fatal(name, err)
		}
		var got []string
		for _, r := range log.Runs[0].Results {
			line := r.Message.Text + ": " + r.Locations[0].String()
			for _, p := range r.Related {
				line += " (" + p.String() + ")"
			}
			got = append(got, line)
		}
		for _, w := range want {
			text, place := "", w
			if i := strings.LastIndex(strings.TrimSuffix(w, ")"), ": "); i >= 0 {
				text, place = w[:i], w[i+2:]
			}
			if !slices.ContainsFunc(got, func(g string) bool {
				return strings.HasPrefix(g, text) && strings.HasSuffix(g, place)
			}) {
				t.Errorf("%s: no %q in\n%s", name, w, strings.Join(got, "\n"))
			}
		}
	}
}

// TestSARIFSchema holds each log against the schema of SARIF 2.1.0, and in a long run has the
// checker that its authors publish find no error in it.
func TestSARIFSchema(t *testing.T) {
	peer := oracle.NeedSARIF(t)
	schema, err := jsonschema.NewCompiler().Compile(peer.Schema)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"validate"}
	for name, text := range sarifLogs(t) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file := strings.ReplaceAll(name, " ", "-") + ".sarif"
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if testenv.Long() { // it takes seconds to start
		cmd := exec.Command(peer.Checker, args...)
		cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
		out, err := cmd.CombinedOutput()
		scanned := fmt.Sprintf("%d files scanned", len(args)-1)
		if err != nil || !bytes.Contains(out, []byte(scanned)) || bytes.Contains(out, []byte(": error ")) {
			t.Errorf("%v: %s", err, out)
		}
	}
	if v, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version": "2.1.0"}`)); err != nil ||
		schema.Validate(v) == nil {
		t.Errorf("the schema takes a log without runs: %v", err)
	}
}
