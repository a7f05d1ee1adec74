package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// questions are a good question for each command, which changes nothing.
func questions(file, cil string) map[string][]string {
	return map[string][]string{
		"access":    {httpd, httpPort, "tcp_socket", "name_bind"},
		"apply":     {file, "--dry-run"},
		"bool":      {"list"},
		"can":       {"haproxy_t", "connect", "80"},
		"check":     {"--all"},
		"compile":   {filepath.Join(filepath.Dir(file), "example.cil"), "--check"},
		"diff":      {"example", "example"},
		"explain":   {"name_connect"},
		"fix":       {"haproxy_t", "connect", "5601"},
		"format":    {cil, "--check"},
		"host":      nil,
		"interface": {"list"},
		"log":       nil,

		"module build": {filepath.Join(filepath.Dir(file), "web.te"), "-o",
			filepath.Join(filepath.Dir(file), "web.pp")},
		"module disable":  {"games", "--dry-run"},
		"module enable":   {"games", "--dry-run"},
		"module extract":  {"base", "-o", "-"},
		"module install":  {cil, "--dry-run"},
		"module list":     nil,
		"module priority": {"games", "200", "--dry-run"},
		"module rebuild":  {"--dry-run"},
		"module remove":   {"games", "-X", "100", "--dry-run"},
		"store check":     nil,

		"refpolicy expand": {"net_bind(haproxy_t)", "--headers", filepath.Join(filepath.Dir(file), "headers")},
		"refpolicy list":   {"bind", "--headers", filepath.Join(filepath.Dir(file), "headers")},
		"refpolicy search": {"haproxy_t", "http_port_t", "tcp_socket", "name_bind", "--headers",
			filepath.Join(filepath.Dir(file), "headers")},
		"refpolicy show": {"net_bind", "--headers", filepath.Join(filepath.Dir(file), "headers")},

		"node":    {"list"},
		"plan":    {file},
		"port":    {"list"},
		"ports":   {"haproxy_t"},
		"ps":      nil,
		"schema":  nil,
		"test":    {filepath.Join(filepath.Dir(file), "tests.yaml")},
		"undo":    {"--dry-run"},
		"version": nil,
		"who":     {"connect", "80"},
		"why": {"avc: denied { name_connect } for pid=1 comm=x dest=5601 scontext=" + haproxy +
			" tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0"},
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
	tests := "tests: [{may: haproxy_t connect tcp/443}]\n"
	must(os.WriteFile(filepath.Join(dir, "tests.yaml"), []byte(tests), 0o600))
	for name, row := range grammar(t) {
		if name == "guard" {
			continue // its flags are those of why, its output is that of a program
		}
		for _, flags := range combinations(name, row, system, facts) {
			args := slices.Concat(strings.Fields(name), questions(state, cil)[name], flags)
			var out, errs bytes.Buffer
			code := Main(append([]string{"senet"}, args...), strings.NewReader(""), &out, &errs)
			if code > exitDepends {
				t.Errorf("senet %q: exit status %d: %s", args, code, errs.String())
			}
			asJSON, quiet := slices.Contains(flags, "--json"), slices.Contains(flags, "--quiet")
			colour := strings.Contains(out.String(), "\x1b[")
			switch {
			case quiet && out.Len() > 0:
				t.Errorf("senet %q prints %q", args, out.String())
			case quiet:
			case asJSON && documents.Check(out.Bytes()) != nil:
				t.Errorf("senet %q: %v: %s", args, documents.Check(out.Bytes()), errs.String())
			case colour != (hasVerdict(out.String()) && slices.Contains(flags, "--color=always") && !asJSON):
				t.Errorf("senet %q: colour is %v:\n%s", args, colour, out.String())
			}
		}
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

// combinations are all sets of the flags that a command takes. A policy or a system is
// always named, so that this machine's are not asked.
func combinations(name string, row map[string]bool, system, facts string) [][]string {
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
