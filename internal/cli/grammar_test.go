package cli

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv/documents"
	"github.com/senet-selinux/senet/test/stores"
)

// grammar reads the table of docs/command-line.md: the common flags of each command.
func grammar(t *testing.T) map[string]map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../docs/command-line.md")
	if err != nil {
		t.Fatal(err)
	}
	var flags []string
	table := make(map[string]map[string]bool)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "command":
			flags = cells[1:]
		case flags != nil && len(cells) == len(flags)+1 && !strings.HasPrefix(cells[0], "-"):
			row := make(map[string]bool)
			for i, flag := range flags {
				row[strings.TrimLeft(flag, "-")] = cells[i+1] == "x"
			}
			table[cells[0]] = row
		}
	}
	return table
}

// TestGrammar holds the table against the flags of the commands.
func TestGrammar(t *testing.T) {
	table := grammar(t)
	root := newRoot(ioStreams{strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}}, []string{"help"})
	commands := root.Commands()
	for _, cmd := range commands {
		commands = append(commands, cmd.Commands()...)
	}
	found := 0
	for _, cmd := range commands {
		if cmd.DisableFlagParsing || cmd.HasSubCommands() || cmd.Name() == "help" {
			continue
		}
		row, ok := table[strings.TrimPrefix(cmd.CommandPath(), "senet ")]
		if !ok {
			t.Errorf("docs/command-line.md does not have %s", cmd.CommandPath())
			continue
		}
		found++
		for name, takes := range row {
			flag := cmd.Flags().Lookup(name)
			if name == "p" {
				flag = cmd.Flags().ShorthandLookup(name)
			}
			if name == "color" {
				flag = cmd.InheritedFlags().Lookup(name)
			}
			if takes != (flag != nil) {
				t.Errorf("%s takes %s: %v, the table says %v", cmd.CommandPath(), name, flag != nil, takes)
			}
			if flag != nil && name == "p" && flag.Name != "protocol" {
				t.Errorf("%s -p is --%s", cmd.Name(), flag.Name)
			}
		}
	}
	if found != len(table) {
		t.Errorf("docs/command-line.md has %d commands, senet %d", len(table), found)
	}
}

// A question is a good question to a command: the command's words, standard input, and
// common flags that this question does not go with, for a reason that the command says.
type question struct {
	args    []string
	stdin   string
	without []string
}

// questions are good questions to each command, at least one to each of its ways. None
// changes a store. A file stands in dir.
func questions(dir string) map[string][]question {
	in := func(name string) string { return filepath.Join(dir, name) }
	ask := func(args ...string) question { return question{args: args} }
	inStore := func(args ...string) question { return question{args: args, without: []string{"policy"}} }
	denial := "avc: denied { name_connect } for pid=1 comm=x dest=5601 scontext=" + haproxy +
		" tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0"
	search := []string{"haproxy_t", "http_port_t", "tcp_socket", "name_bind"}
	return map[string][]question{
		"access": {ask(httpd, httpPort, "tcp_socket", "name_bind"), ask(httpd, httpPort, "tcp_socket"),
			{args: []string{"--batch"}, stdin: httpd + " " + httpPort + " tcp_socket\nx\n"}},
		"apply": {ask(in("state.yaml"), "--dry-run")},
		"bool": {ask("list"), inStore("set", "haproxy_connect_any=on", "--dry-run"),
			inStore("deleteall", "--dry-run"), inStore("export")},
		"can": {ask("haproxy_t", "connect", "80"), ask("haproxy_t", "connect", "5601"),
			ask("haproxy_t", "listen", "80"),
			ask("haproxy_t", "connect", "80", "--as-is"), ask("haproxy_t", "connect", "80", "--strict")},
		"check": {ask("--all"),
			{args: []string{"--program", "haproxy", in("haproxy.cfg")}, without: []string{"root"}}},
		"compile": {ask(in("example.cil"), "--check")},
		"diff": {ask("example", "example"), ask("example", "example", "--rules", "--causes"),
			inStore(in("system"), in("system"), "--with", in("more.cil")),
			inStore(in("system"), in("system"), "--causes", "--modules")},
		"explain": {ask("name_connect"), ask("layers"), ask("haproxy_t"), ask()},
		"fix": {ask("haproxy_t", "connect", "5601"), ask("haproxy_t", "connect", "80"),
			ask("haproxy_t", "tcp_socket:name_bind", "http_port_t"),
			ask("haproxy_t", "connect", "5601", "--show", "1"), ask("haproxy_t", "connect", "5601", "--all"),
			{args: []string{"haproxy_t", "connect", "5601", "--plan", "1"}, without: []string{"policy", "bool"}},
			{args: []string{"haproxy_t", "connect", "5601", "--apply", "1", "--dry-run"},
				without: []string{"policy", "bool"}}},
		"format":    {ask(in("x.cil"), "--check"), ask(in("x.cil"), "--diff")},
		"guard":     {ask("--", "true")},
		"host":      {ask()},
		"interface": {ask("list"), inStore("add", "-t", "netif_t", "eth7", "--dry-run"), inStore("export")},
		"log":       {ask()},

		"module build":   {ask(in("web.te"), "-o", in("web.pp"))},
		"module disable": {ask("games", "--dry-run")},
		"module enable":  {ask("games", "--dry-run")},
		"module extract": {ask("base", "-o", "-")},
		"module install": {ask(in("x.cil"), "--dry-run"), ask(in("more.cil"), "--dry-run")},
		"module list":    {ask()},
		"module lint":    {ask(in("plain.te"), "--headers", in("headers"))},
		"module new": {{args: []string{"web", "--domain", "haproxy_t", "--connects", "5601", "-o", "-", "--headers",
			in("headers")}, without: []string{"bool"}}},
		"module priority": {ask("games", "200", "--dry-run")},
		"module rebuild":  {ask("--dry-run")},
		"module remove":   {ask("games", "-X", "100", "--dry-run")},
		"store check":     {ask()},

		"refpolicy expand": {ask("net_bind(haproxy_t)", "--headers", in("headers"))},
		"refpolicy list":   {ask("bind", "--headers", in("headers")), ask("--headers", in("headers"))},
		"refpolicy search": {ask(append(search, "--headers", in("headers"))...)},
		"refpolicy show":   {ask("net_bind", "--headers", in("headers"))},

		"node": {ask("list"), inStore("add", "-t", "node_t", "-M", "255.255.255.255", "10.0.0.1", "-p", "ipv4",
			"--dry-run"), {args: []string{"export"}, without: []string{"policy", "p"}}},
		"plan": {ask(in("state.yaml")), ask("--export")},
		"port": {ask("list"), ask("list", "--by-port"), inStore("add", "-t", "http_port_t", "tcp/5601", "--dry-run"),
			{args: []string{"export"}, without: []string{"policy", "p"}}},
		"ports":  {ask("haproxy_t"), ask("--all"), ask("haproxy_t", "bind")},
		"ps":     {ask(), ask("--ports")},
		"schema": {ask()},
		"status": {ask(), ask(in("state.yaml"))},

		"state export": {ask()},

		"test":    {ask(in("tests.yaml")), ask(in("tests.yaml"), "--coverage", "--verbose")},
		"undo":    {ask("--dry-run")},
		"version": {ask()},
		"who":     {ask("connect", "80"), ask("connect", "80", "--would")},
		"why": {ask(denial), ask(denial, "--fix"), {args: []string{"-"}, stdin: denial},
			{args: []string{denial, "--allow", "cil"}, without: []string{"json"}}},
	}
}

// smallHeaders are headers with one interface.
var smallHeaders = map[string]string{
	"build.conf": "TYPE ?= mcs\n",
	"support/a.spt": "define(`policy_module',`module $1 $2;')\ndefine(`interface',`')\n" +
		"define(`template',`')\ndefine(`gen_require',`require {\n$1\n}')\n",
	"net/net.if": "## <summary>The network.</summary>\n## <summary>\n##\tBind.\n## </summary>\n" +
		"## <param name=\"domain\">\n##\t<summary>\n##\tA domain.\n##\t</summary>\n## </param>\n#\n" +
		"interface(`net_bind',`\n\tgen_require(`\n\t\ttype http_port_t;\n\t')\n" +
		"\tallow $1 http_port_t:tcp_socket name_bind;\n')\n",
}

// TestGrammarRuns runs every combination of the common flags of every command: none is a mistake,
// --json agrees with its schema, only --color=always colours, and only verdicts are coloured.
func TestGrammarRuns(t *testing.T) {
	dir := t.TempDir()
	system, facts := filepath.Join(dir, "system"), filepath.Join(dir, "facts.json")
	state, cil := filepath.Join(dir, "state.yaml"), filepath.Join(dir, "x.cil")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(stores.Scratch(system))
	must(host.Save(facts, host.Standard()))
	must(os.WriteFile(state, []byte("ports:\n    - {type: http_port_t, proto: tcp, port: 5601}\n"), 0o600))
	must(os.WriteFile(cil, []byte("(block  b)\n"), 0o600))
	example, err := os.ReadFile("../../examples/example.cil")
	must(err)
	example = append(example, stores.Categories()...)
	must(os.WriteFile(filepath.Join(dir, "example.cil"), example, 0o600))
	for name, text := range smallHeaders {
		must(os.MkdirAll(filepath.Dir(filepath.Join(dir, "headers", name)), 0o755))
		must(os.WriteFile(filepath.Join(dir, "headers", name), []byte(text), 0o600))
	}
	base := filepath.Join(system, "var/lib/selinux/targeted/active/modules/100/base")
	games := filepath.Join(filepath.Dir(base), "games")
	must(os.Mkdir(games, 0o755))
	must(os.WriteFile(filepath.Join(base, "cil"), example, 0o600))
	must(os.WriteFile(filepath.Join(games, "cil"), []byte("(type games_t)"), 0o600))
	must(os.WriteFile(filepath.Join(games, "lang_ext"), []byte("cil"), 0o600))
	te := "module web 1.0;\nrequire { type httpd_t; class file read; }\ntype web_t;\nallow httpd_t web_t:file read;\n"
	must(os.WriteFile(filepath.Join(dir, "web.te"), []byte(te), 0o600))
	must(os.WriteFile(filepath.Join(dir, "plain.te"), []byte("policy_module(plain, 1.0)\ntype plain_t;\n"), 0o600))
	tests := "tests: [{may: haproxy_t connect tcp/443}]\n"
	must(os.WriteFile(filepath.Join(dir, "tests.yaml"), []byte(tests), 0o600))
	must(os.WriteFile(filepath.Join(dir, "more.cil"), []byte("(type more_t)\n"), 0o600))
	cfg := "frontend www\n    bind :80\n"
	must(os.WriteFile(filepath.Join(dir, "haproxy.cfg"), []byte(cfg), 0o600))
	must(os.WriteFile(filepath.Join(dir, "log"), nil, 0o600))
	all := questions(dir)
	var guards sync.WaitGroup // each waits until the log does not grow
	defer guards.Wait()
	for name, row := range grammar(t) {
		if len(all[name]) == 0 {
			t.Errorf("no question to %s", name)
		}
		for i, q := range all[name] {
			takes := maps.Clone(row)
			for _, flag := range q.without {
				takes[flag] = false
			}
			axes := axes(name, takes, system, facts)
			sets := combinations(axes)
			if i > 0 {
				sets = oneByOne(axes)
			}
			for _, flags := range sets {
				args := slices.Concat(strings.Fields(name), q.args, flags)
				if name == "guard" { // whose flags stand before the command
					args = slices.Concat([]string{name, "--log", filepath.Join(dir, "log")}, flags, q.args)
					guards.Add(1)
					go func() {
						defer guards.Done()
						runs(t, args, q.stdin)
					}()
					continue
				}
				runs(t, args, q.stdin)
			}
		}
	}
}

// runs holds a command line against what its common flags promise.
func runs(t *testing.T, args []string, stdin string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(append([]string{"senet"}, args...), strings.NewReader(stdin), &out, &errs)
	if code > exitDepends {
		t.Errorf("senet %q: exit status %d: %s", args, code, errs.String())
	}
	asJSON, quiet := slices.Contains(args, "--json"), slices.Contains(args, "--quiet")
	colour := strings.Contains(out.String(), "\x1b[")
	checkJSON := documents.Check
	if slices.Contains(args, "--batch") {
		checkJSON = documents.CheckLines
	}
	switch {
	case quiet && out.Len() > 0:
		t.Errorf("senet %q prints %q", args, out.String())
	case quiet:
	case args[0] == "guard": // nothing was refused, and true prints nothing
		if out.Len() > 0 {
			t.Errorf("senet %q prints %q", args, out.String())
		}
	case asJSON:
		if err := checkJSON(out.Bytes()); err != nil {
			t.Errorf("senet %q: %v: %s", args, err, errs.String())
		}
	case colour != (hasVerdict(out.String()) && slices.Contains(args, "--color=always") && !asJSON):
		t.Errorf("senet %q: colour is %v:\n%s", args, colour, out.String())
	}
}

// hasVerdict reports whether a line of text, without colours, begins with a verdict.
func hasVerdict(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(line, "\x1b[32m")
		line = strings.TrimPrefix(line, "\x1b[31m")
		line = strings.TrimPrefix(line, "\x1b[33m")
		if strings.HasPrefix(line, "YES") || strings.HasPrefix(line, "NO ") || strings.HasPrefix(line, "NO\x1b") ||
			strings.HasPrefix(line, "?") {
			return true
		}
	}
	return false
}

// axes are the flags that a command takes, each with its values. A policy or a system is
// always named, so that this machine's are not asked.
func axes(name string, row map[string]bool, system, facts string) [][][]string {
	protocol := "tcp"
	if name == "node" {
		protocol = "ipv4"
	}
	axes := [][][]string{}
	add := func(flag string, values ...[]string) {
		if row[flag] {
			axes = append(axes, values)
		}
	}
	var where [][]string
	if row["policy"] {
		where = append(where, []string{"--policy", "example"})
	}
	if row["root"] && name != "host" {
		where = append(where, []string{"--root", system})
	}
	if row["store"] { // with a policy there is no store: see bool, interface, node and port
		where = append(where, []string{"--root", system, "-S", "targeted"})
	}
	if row["policy"] && row["root"] && !slices.Contains([]string{"bool", "interface", "node", "port"}, name) {
		where = append(where, []string{"--policy", "example", "--root", system})
	}
	if len(where) > 0 {
		axes = append(axes, where)
	}
	add("p", nil, []string{"-p", protocol}, []string{"--proto=" + protocol})
	add("host", nil, []string{"--host", facts})
	add("bool", nil, []string{"--bool", "httpd_can_network_connect=on"})
	add("json", nil, []string{"--json"})
	add("quiet", nil, []string{"--quiet"})
	add("color", []string{"--color=never"}, []string{"--color=always"})
	return axes
}

// combinations are all sets of flags: one value of each axis.
func combinations(axes [][][]string) [][]string {
	all := [][]string{nil}
	for _, values := range axes {
		var next [][]string
		for _, have := range all {
			for _, v := range values {
				next = append(next, slices.Concat(have, v))
			}
		}
		all = next
	}
	return all
}

// oneByOne are the sets in which at most one axis has another value than its first, and
// the set of the last values.
func oneByOne(axes [][][]string) [][]string {
	var first, last []string
	for _, values := range axes {
		first, last = append(first, values[0]...), append(last, values[len(values)-1]...)
	}
	all := [][]string{first, last}
	for i, values := range axes {
		for _, v := range values[1:] {
			var set []string
			for j := range axes {
				if j == i {
					set = append(set, v...)
				} else {
					set = append(set, axes[j][0]...)
				}
			}
			all = append(all, set)
		}
	}
	return all
}
