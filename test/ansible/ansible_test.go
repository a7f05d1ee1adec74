// Package ansible_test runs the collection with the real Ansible.
package ansible_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// collection is where it is.
const collection = "../../packaging/ansible"

// A result is what the module returned, by the names in its documentation.
type result struct {
	Changed bool
	Failed  bool
	Msg     string
	Store   string
	Changes []struct{ Action, Kind, Key string }
	Effects []json.RawMessage
	Summary []string
	Diff    struct{ Before, After string }
	Cmd     []string
}

// A control is a directory with the installed collection, a system to change, and senet.
type control struct {
	t         *testing.T
	dir, root string
	python    string // that Ansible itself runs in
}

func newControl(t *testing.T) *control {
	t.Helper()
	if !testenv.Long() {
		t.Skip("Ansible is installed for the long run") // and a usual run is the same with it and without
	}
	testenv.Need(t, "ansible-playbook", "ansible-galaxy", "ansible-doc")
	dir := t.TempDir()
	program, err := exec.LookPath("ansible-playbook")
	if err != nil {
		t.Fatal(err)
	}
	c := &control{t: t, dir: dir, python: testenv.Interpreter(t, program)}
	c.run("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "bin", "senet"), "../../cmd/senet")
	c.run("ansible-galaxy", "collection", "build", "--output-path", dir, collection)
	packages, err := filepath.Glob(filepath.Join(dir, "senet-selinux-*.tar.gz"))
	if err != nil || len(packages) != 1 {
		t.Fatal(packages, err)
	}
	c.run("ansible-galaxy", "collection", "install", "--offline", "-p", filepath.Join(dir, "collections"), packages[0])
	return c
}

// system makes the system that is changed.
func (c *control) system() {
	c.t.Helper()
	source, err := os.ReadFile("../../examples/example.cil")
	if err != nil {
		c.t.Fatal(err)
	}
	c.root = c.t.TempDir()
	if err := stores.ScratchModules(c.root, string(source)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *control) run(program string, args ...string) string {
	c.t.Helper()
	out, err := c.try(program, args...)
	if err != nil {
		c.t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return out
}

func (c *control) try(program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "ANSIBLE_COLLECTIONS_PATH="+filepath.Join(c.dir, "collections"), "LC_ALL=C.UTF-8",
		"ANSIBLE_LOCAL_TEMP="+filepath.Join(c.dir, "tmp"), "ANSIBLE_REMOTE_TEMP="+filepath.Join(c.dir, "tmp"),
		"ANSIBLE_HOME="+filepath.Join(c.dir, "home"), "ANSIBLE_NOCOLOR=1", "ANSIBLE_LOCALHOST_WARNING=0",
		"ANSIBLE_PYTHON_INTERPRETER="+c.python,
		"PATH="+filepath.Join(c.dir, "bin")+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// play runs the module once for each text of arguments, which are JSON or YAML in one line, and
// returns what each returned and what Ansible printed.
func (c *control) play(flags []string, arguments ...string) ([]result, string) {
	c.t.Helper()
	answers := filepath.Join(c.dir, "answers.json")
	book := filepath.Join(c.dir, "play.yml")
	text := "- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n"
	names := make([]string, len(arguments))
	for i, a := range arguments {
		names[i] = fmt.Sprint("answer", i)
		text += "    - senet.selinux.apply: " + strings.ReplaceAll(a, "ROOT", c.root) +
			"\n      register: " + names[i] + "\n      ignore_errors: true\n"
	}
	text += "    - ansible.builtin.copy: {content: '{{ [" + strings.Join(names, ", ") + "] | to_json }}', dest: '" +
		answers + "'}\n      check_mode: false\n      diff: false\n"
	if err := os.WriteFile(book, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	printed := c.run("ansible-playbook", append([]string{"-i", "localhost,", book}, flags...)...)
	data, err := os.ReadFile(answers)
	if err != nil {
		c.t.Fatal(err)
	}
	var list []result
	if err := json.Unmarshal(data, &list); err != nil || len(list) != len(arguments) {
		c.t.Fatalf("%v: %s", err, data)
	}
	return list, printed
}

// one is play for one text of arguments.
func (c *control) one(arguments string, flags ...string) (result, string) {
	c.t.Helper()
	list, printed := c.play(flags, arguments)
	return list[0], printed
}

// TestAnsible builds and installs the collection once, and uses it.
func TestAnsible(t *testing.T) {
	c := newControl(t)
	for name, test := range map[string]func(*control){
		"CheckApplyAgain": testCheckApplyAgain, "File": testFile,
		"Errors": testErrors, "Documentation": testDocumentation,
	} {
		t.Run(name, func(t *testing.T) {
			one := *c
			one.t = t
			one.system()
			test(&one)
		})
	}
}

const state = `{root: ROOT, reload: false, state: {
        ports: [{type: http_port_t, proto: tcp, port: 8081}], booleans: {haproxy_connect_any: true},
        modules: [{name: own, cil: "(allow haproxy_t self (tcp_socket (name_connect)))"}]}}`

// testCheckApplyAgain: check mode says what would change and changes nothing, the module makes
// it so, and finds nothing to do then. The diff has each record before and after.
func testCheckApplyAgain(c *control) {
	t := c.t
	file := filepath.Join(c.root, "etc/selinux/targeted/policy/policy.33")
	before := testenv.Files(t, file)

	r, printed := c.one(state, "--check", "--diff")
	if !r.Changed || r.Failed || r.Store != "targeted" || len(r.Changes) != 3 {
		t.Errorf("check: %+v\n%s", r, printed)
	}
	if r.Cmd[1] != "plan" || testenv.Files(t, file) != before {
		t.Errorf("check mode changed the store: %s", r.Cmd)
	}
	const after = "module 400/own\nboolean haproxy_connect_any on=true\nport tcp/8081 range=s0 type=http_port_t\n"
	if r.Diff.Before != "" || r.Diff.After != after {
		t.Errorf("the diff is %+v", r.Diff)
	}
	for _, line := range []string{"+boolean haproxy_connect_any on=true", "+port tcp/8081 range=s0 type=http_port_t"} {
		if !strings.Contains(printed, "\n"+line+"\n") {
			t.Errorf("Ansible does not print %q:\n%s", line, printed)
		}
	}
	if len(r.Effects) == 0 || !slices.Contains(r.Summary, "gain connect tcp: certbot_t, haproxy_t, zabbix_agent_t") ||
		!slices.Contains(r.Summary, "lose bind tcp: user_t") {
		t.Errorf("who gains and loses: %+v", r)
	}

	if r, printed = c.one(state); !r.Changed || len(r.Changes) != 3 || r.Diff.After != "" {
		t.Errorf("apply: %+v\n%s", r, printed)
	}
	if testenv.Files(t, file) == before {
		t.Error("the policy is as before")
	}
	c.run(filepath.Join(c.dir, "bin", "senet"), "can", "haproxy_t", "connect", "tcp/5601", "--root", c.root)
	before = testenv.Files(t, file)
	if r, printed = c.one(state, "--diff"); r.Changed || r.Failed || len(r.Changes) != 0 || r.Diff.After != "" {
		t.Errorf("apply again: %+v\n%s", r, printed)
	}
	if testenv.Files(t, file) != before {
		t.Error("the policy was written again")
	}

	r, _ = c.one(`{root: ROOT, reload: false, state: {ports: [{proto: tcp, port: 8081, state: absent}],
        modules: [{name: own, state: absent}], booleans: {haproxy_connect_any: false}}}`, "--diff")
	if !r.Changed || r.Diff.Before != "module 400/own\nboolean haproxy_connect_any on=true\n"+
		"port tcp/8081 range=s0 type=http_port_t\n" || r.Diff.After != "boolean haproxy_connect_any on=false\n" {
		t.Errorf("taken back: %+v", r)
	}
}

// testFile: src is a file on the host, beside which the files of its modules lie.
func testFile(c *control) {
	t := c.t
	for name, text := range map[string]string{
		"web.yaml": "modules: [{name: own, file: own.cil}]\n", "own.cil": "(typepermissive haproxy_t)",
	} {
		if err := os.WriteFile(filepath.Join(c.root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r, printed := c.one(`{root: ROOT, reload: false, src: ROOT/web.yaml}`); !r.Changed || len(r.Changes) != 1 ||
		r.Changes[0].Key != "400/own" {
		t.Errorf("%+v\n%s", r, printed)
	}
}

// testErrors: a mistake in the state, a store that is not there, arguments that do not go together
// and a senet that is not there are failures with senet's own words, and change nothing.
func testErrors(c *control) {
	cases := []struct{ arguments, want string }{
		{`{root: ROOT, state: {ports: [{type: nope_t, proto: tcp, port: 1}]}}`, "nope_t is not a port type"},
		{`{root: ROOT, state: {harbours: []}}`, "harbours"},
		{`{root: ROOT, store: other, state: {}}`, "other"},
		{`{root: ROOT}`, "one of the following is required: state, src"},
		{`{root: ROOT, state: {}, src: /x}`, "state|src"},
		{`{root: ROOT, src: /nonexistent/x}`, "/nonexistent/x"},
		{`{executable: /nonexistent/senet, state: {}}`, "Failed to find required executable"},
		{`{executable: /bin/false, src: /x}`, "senet did not answer"},
	}
	var arguments []string
	for _, one := range cases {
		arguments = append(arguments, one.arguments)
	}
	for _, flags := range [][]string{nil, {"--check"}} {
		list, printed := c.play(flags, arguments...)
		for i, r := range list {
			if !r.Failed || r.Changed || !strings.Contains(r.Msg, cases[i].want) {
				c.t.Errorf("%s: %+v, want %q\n%s", arguments[i], r, cases[i].want, printed)
			}
		}
	}
}

// testDocumentation: ansible-doc reads the documentation, which has each argument; the playbook
// that comes along is the one in the how-to, and Ansible takes it.
func testDocumentation(c *control) {
	t := c.t
	page := c.run("ansible-doc", "senet.selinux.apply")
	for word := range strings.FieldsSeq("state src root store host reload executable effects summary EXAMPLES") {
		if !strings.Contains(page, word) {
			t.Errorf("ansible-doc does not say %q:\n%s", word, page)
		}
	}
	c.run("ansible-playbook", "--syntax-check", collection+"/site.yml")
	how, err := os.ReadFile("../../docs/how-to.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(how), "```yaml\n# What the web servers need of SELinux.")
	example, rest, ok2 := strings.Cut(rest, "```\n")
	book, err := os.ReadFile(collection + "/site.yml")
	if err != nil || !ok || !ok2 || "# What the web servers need of SELinux."+example != string(book) {
		t.Errorf("%v: site.yml is not what docs/how-to.md shows:\n%s", err, example)
	}
	// The how-to's output, with the host that is here in the place of its own.
	_, rest, _ = strings.Cut(rest, "```text\n$ ansible-playbook site.yml --check --diff\n")
	shown, _, ok := strings.Cut(rest, "```\n")
	inventory := filepath.Join(c.dir, "inventory.yml")
	const hosts = "web: {hosts: {web1: {ansible_connection: local, ansible_become: false}}}\n"
	if err := os.WriteFile(inventory, []byte(hosts), 0o600); err != nil {
		t.Fatal(err)
	}
	here := filepath.Join(c.dir, "site.yml")
	text := strings.Replace(string(book), "        state:\n", "        root: "+c.root+"\n        state:\n", 1)
	if err := os.WriteFile(here, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	printed := c.run("ansible-playbook", "-i", inventory, here, "--check", "--diff")
	if !ok || strings.Count(shown, "\n") < 8 {
		t.Errorf("the how-to shows nothing of what Ansible prints:\n%s", printed)
	}
	for line := range strings.Lines(shown) {
		if line != "...\n" && !strings.Contains(printed, line) {
			t.Errorf("Ansible does not print %q:\n%s", line, printed)
		}
	}
}

// TestSyntax: the module is Python of any version that Ansible runs on its hosts.
func TestSyntax(t *testing.T) {
	testenv.Need(t, "python3")
	out, err := exec.Command("python3", "-c", "import ast; ast.parse(open('"+collection+
		"/plugins/modules/apply.py').read(), feature_version=(3, 6))").CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
