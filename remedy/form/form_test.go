package form_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/subject"
)

// A written is a fix with its forms.
type written struct {
	fix   remedy.Fix
	port  uint16
	proto string
	forms []form.Form
}

func (w *written) form(name string) string {
	for _, f := range w.forms {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// all returns the forms of every fix of some problems, of every kind, and of
// variants of labels that Debian's policy has none of.
func all(t *testing.T) []written {
	t.Helper()
	db, err := policyfile.Open(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	d := access.NewDecider(p)
	var list []written
	kinds := map[remedy.Kind]int{}
	for _, pr := range []struct {
		typ   string
		op    network.Operation
		proto network.Protocol
		port  uint16
	}{
		{"httpd_t", network.Connect, network.TCP, 5601},
		{"httpd_t", network.Bind, network.TCP, 8081},
		{"httpd_t", network.Connect, network.MPTCP, 5601},
		{"ntpd_t", network.Recv, network.UDP, 5601},
		{"mysqld_t", network.Listen, network.SCTP, 9999},
		{"httpd_t", network.Listen, network.DCCP, 5601},
	} {
		s, err := subject.Resolve(p, pr.typ)
		if err != nil {
			t.Fatal(err)
		}
		r, err := remedy.Find(d, remedy.Problem{Name: pr.typ, Question: network.Question{
			Subject: s.Context, Operation: pr.op, Protocol: pr.proto, Port: pr.port, Host: host.Standard()}})
		if err != nil {
			t.Fatal(err)
		}
		target := form.Target{Protocol: string(pr.proto), Port: pr.port}
		for i := range r.Fixes {
			f := r.Fixes[i]
			kinds[f.Kind]++
			target.Bools = nil
			for _, b := range f.Bools {
				target.Bools = append(target.Bools, form.Setting{Name: p.BoolName(b.Bool), On: b.On})
			}
			proto := strings.TrimPrefix(string(pr.proto), "mp")
			list = append(list, written{f, pr.port, proto, form.Forms(&f, target)})
			if f.Kind == remedy.Label || f.Kind == remedy.OwnType {
				f.Range, f.Local = "s0-s15:c0.c1023", true
				list = append(list, written{f, pr.port, proto, form.Forms(&f, target)})
			}
		}
	}
	for _, kind := range []remedy.Kind{remedy.Label, remedy.OwnType, remedy.Boolean, remedy.Rule} {
		if kinds[kind] == 0 {
			t.Fatalf("no fix of kind %s", kind)
		}
	}
	return list
}

// TestSemanageCommands: the commands are what policycoreutils's own parser
// takes, with the values meant; and the shell hands semodule the module.
func TestSemanageCommands(t *testing.T) {
	testenv.Need(t, "sh", "python3", "semanage", "setsebool")
	list := all(t)
	var commands []string // of semanage, one a line
	for i := range list {
		w := &list[i]
		text := w.form("semanage")
		if w.fix.Kind == remedy.Boolean {
			if !regexp.MustCompile(`^setsebool -P( [a-z0-9_]+=[01])+\n$`).MatchString(text) {
				t.Errorf("%s", text)
			}
			continue
		}
		calls := shell(t, w, text)
		isModule := w.fix.Kind != remedy.Label
		wantCalls := 1
		if w.fix.Kind == remedy.OwnType && w.fix.Local {
			wantCalls = 2
		}
		if len(calls) != wantCalls {
			t.Errorf("%d commands: %q", len(calls), calls)
			continue
		}
		if isModule {
			calls = calls[1:]
		}
		commands = append(commands, calls...)
	}
	for i, got := range parse(t, commands) {
		words := strings.Fields(commands[i])
		number := words[len(words)-1]
		action := map[bool]string{true: "modify", false: "add"}[strings.Contains(commands[i], "--modify")]
		if got.Action != action || got.Port != number || got.Type == "" || !strings.Contains(commands[i], "--type "+got.Type) || !slices.Contains([]string{"tcp", "udp", "sctp", "dccp"}, got.Proto) {
			t.Errorf("%s: %+v", commands[i], got)
		}
		if strings.Contains(commands[i], "--range") != (got.Range != "") || got.Range != "" && got.Range != "s0-s15:c0.c1023" {
			t.Errorf("%s: range %q", commands[i], got.Range)
		}
	}
	if len(commands) < 10 {
		t.Errorf("%d commands", len(commands))
	}
}

// shell runs a script with programs in semodule's and semanage's place that
// write down how they are called, and checks the module that they get.
func shell(t *testing.T, w *written, script string) []string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"semodule", "semanage"} {
		stub := fmt.Sprintf("#!/bin/sh\necho %s \"$@\" >>%s/calls\n", name, dir)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(stub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "-eu")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(script)
	cmd.Env = []string{"PATH=" + dir + ":/bin:/usr/bin"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, script)
	}
	out, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	calls := strings.Split(strings.TrimSpace(string(out)), "\n")
	if w.fix.Kind == remedy.Label {
		return calls
	}
	file, ok := strings.CutPrefix(calls[0], "semodule -i ")
	if !ok {
		t.Fatalf("%q", calls)
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	same(t, string(text), w.fix.Module)
	return calls
}

// same compares a text with the statements it should be of.
func same(t *testing.T, text string, want []cil.Node) {
	t.Helper()
	got, err := cil.Parse(text)
	if err != nil {
		t.Errorf("%v in\n%s", err, text)
		return
	}
	if cil.Format(got) != cil.Format(want) {
		t.Errorf("got\n%s\nwant\n%s", cil.Format(got), cil.Format(want))
	}
}

type semanagePort struct{ Action, Port, Type, Proto, Range string }

// parse gives commands to semanage's own parser, and runs nothing.
func parse(t *testing.T, commands []string) []semanagePort {
	t.Helper()
	semanage, err := exec.LookPath("semanage")
	if err != nil {
		t.Fatal(err)
	}
	const program = `
import importlib.machinery, importlib.util, json, sys
loader = importlib.machinery.SourceFileLoader("semanage", sys.argv[1])
spec = importlib.util.spec_from_loader("semanage", loader)
module = importlib.util.module_from_spec(spec)
loader.exec_module(module)
out = []
for line in sys.stdin:
    a = module.createCommandParser().parse_args(module.make_args(line.split()))
    assert a.func is module.handlePort, line
    out.append({"Action": a.action, "Port": a.port, "Type": a.type, "Proto": a.proto, "Range": a.range or ""})
json.dump(out, sys.stdout)
`
	python := "python3"
	if first, err := os.ReadFile(semanage); err == nil && strings.HasPrefix(string(first), "#!") {
		python = strings.Fields(strings.SplitN(string(first[2:]), "\n", 2)[0])[0]
	}
	cmd := exec.Command(python, "-B", "-c", program, semanage)
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var list []semanagePort
	if err := json.Unmarshal(out, &list); err != nil || len(list) != len(commands) {
		t.Fatalf("%v: %d answers to %d commands", err, len(list), len(commands))
	}
	return list
}

// TestYAML: Ansible's and Butane's forms are YAML, of what those programs take.
func TestYAML(t *testing.T) {
	testenv.Need(t, "python3")
	if err := exec.Command("python3", "-c", "import yaml").Run(); err != nil {
		testenv.Missing(t, "python3 has no yaml")
	}
	list := all(t)
	var texts []string
	for i := range list {
		texts = append(texts, list[i].form("ansible"), list[i].form("butane"))
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", "import json, sys, yaml\njson.dump([yaml.safe_load(t) for t in json.load(sys.stdin)], sys.stdout)")
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var docs []any
	if err := json.Unmarshal(out, &docs); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		w := &list[i]
		checkAnsible(t, w, docs[2*i])
		checkButane(t, w, docs[2*i+1])
	}
}

// checkAnsible: community.general.seport takes tcp and udp and no level, so
// there is no form for others.
func checkAnsible(t *testing.T, w *written, doc any) {
	t.Helper()
	labels := w.fix.Kind == remedy.Label || w.fix.Kind == remedy.OwnType && w.fix.Local
	sayable := !labels || (w.proto == "tcp" || w.proto == "udp") && (w.fix.Exists || w.fix.Range == "s0")
	if (doc != nil) != sayable || (w.form("puppet") != "") != sayable {
		t.Errorf("%s %s on %s, range %s: ansible is %v", w.fix.Kind, w.fix.Type, w.proto, w.fix.Range, doc)
	}
	if doc == nil {
		return
	}
	var modules []string
	for _, task := range doc.([]any) {
		for name, args := range task.(map[string]any) {
			if !strings.Contains(name, ".") {
				continue
			}
			modules = append(modules, name)
			m, _ := args.(map[string]any)
			switch name {
			case "community.general.seport":
				if m["ports"] != float64(w.port) || m["proto"] != w.proto || m["setype"] != w.fix.Type || m["state"] != "present" {
					t.Errorf("%v", m)
				}
			case "ansible.posix.seboolean":
				if m["persistent"] != true || m["name"] == "" || m["state"] != true && m["state"] != false {
					t.Errorf("%v", m)
				}
			case "ansible.builtin.copy":
				same(t, m["content"].(string), w.fix.Module)
			}
		}
	}
	want := map[remedy.Kind][]string{
		remedy.Label: {"community.general.seport"}, remedy.Boolean: {"ansible.posix.seboolean"},
		remedy.Rule: {"ansible.builtin.copy", "ansible.builtin.command"}, remedy.OwnType: {"ansible.builtin.copy", "ansible.builtin.command"},
	}[w.fix.Kind]
	if w.fix.Kind == remedy.OwnType && w.fix.Local {
		want = append(want, "community.general.seport")
	}
	if w.fix.Kind == remedy.Boolean {
		want = slices.Repeat(want, len(w.fix.Bools))
	}
	if !slices.Equal(modules, want) {
		t.Errorf("%s: modules %v, want %v", w.fix.Kind, modules, want)
	}
}

func checkButane(t *testing.T, w *written, doc any) {
	t.Helper()
	m := doc.(map[string]any)
	unit := m["systemd"].(map[string]any)["units"].([]any)[0].(map[string]any)
	content := unit["contents"].(string)
	starts := regexp.MustCompile(`(?m)^ExecStart=/usr/sbin/(semanage|semodule|setsebool) .*$`).FindAllString(content, -1)
	want := 1
	if w.fix.Kind == remedy.OwnType && w.fix.Local {
		want = 2
	}
	if len(starts) != want || !strings.HasSuffix(unit["name"].(string), ".service") || !strings.HasPrefix(content, "[Unit]\n") || !strings.Contains(content, "\n[Service]\nType=oneshot\n") {
		t.Errorf("%s", content)
	}
	if w.fix.Kind == remedy.OwnType || w.fix.Kind == remedy.Rule {
		file := m["storage"].(map[string]any)["files"].([]any)[0].(map[string]any)
		if !strings.Contains(starts[0], "semodule -i "+file["path"].(string)) {
			t.Errorf("%s of %s", starts[0], file["path"])
		}
		same(t, file["contents"].(map[string]any)["inline"].(string), w.fix.Module)
	}
}

// TestCIL: the form is the module, and there is none where a module cannot do it.
func TestCIL(t *testing.T) {
	for _, w := range all(t) {
		text := w.form("cil")
		can := w.fix.Kind == remedy.Rule || w.fix.Kind != remedy.Boolean && !w.fix.Local
		if (text != "") != can {
			t.Errorf("%s, local %v: %q", w.fix.Kind, w.fix.Local, text)
		}
		if can {
			same(t, text, w.fix.Module)
		}
	}
}

// TestModuleLanguage: checkmodule takes every module. That they mean the same is
// for the tests of package remedy.
func TestModuleLanguage(t *testing.T) {
	testenv.Need(t, "checkmodule")
	n := 0
	for _, w := range all(t) {
		text := w.form("te")
		if (text != "") != (w.fix.Kind == remedy.OwnType || w.fix.Kind == remedy.Rule) {
			t.Errorf("%s: %q", w.fix.Kind, text)
		}
		if text == "" {
			continue
		}
		n++
		// checkmodule wants the file's name to be the module's.
		name := strings.TrimSuffix(strings.Fields(text)[1], ";")
		file := filepath.Join(t.TempDir(), name+".te")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("checkmodule", "-M", "-m", "-o", strings.TrimSuffix(file, "te")+"mod", file).CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, out, text)
		}
	}
	if n < 8 {
		t.Errorf("%d modules", n)
	}
}

// TestDottedNames: names of CIL's blocks have dots, which the language of
// modules has not, and file names of ours neither.
func TestDottedNames(t *testing.T) {
	rule, err := cil.Parse("(allow box.process http_port_t (tcp_socket (name_connect)))")
	if err != nil {
		t.Fatal(err)
	}
	f := remedy.Fix{Kind: remedy.Rule, Type: "http_port_t", Module: rule}
	for _, form := range form.Forms(&f, form.Target{Protocol: "tcp", Port: 80}) {
		if form.Name == "te" {
			t.Errorf("%s", form.Text)
		}
		if form.Name == "semanage" && !strings.Contains(form.Text, "semodule -i senet_box_process_tcp_80.cil\n") {
			t.Errorf("%s", form.Text)
		}
	}
}

// TestTwoRules: the modules of two subjects for one port do not replace each
// other.
func TestTwoRules(t *testing.T) {
	names := map[string]bool{}
	for _, source := range []string{"haproxy_t", "httpd_t"} {
		rule, err := cil.Parse("(allow " + source + " unreserved_port_t (tcp_socket (name_connect)))")
		if err != nil {
			t.Fatal(err)
		}
		text := form.Forms(&remedy.Fix{Kind: remedy.Rule, Module: rule}, form.Target{Protocol: "tcp", Port: 5601})[0].Text
		names[text[strings.LastIndex(text, "semodule"):]] = true
	}
	if len(names) != 2 {
		t.Errorf("%v", names)
	}
}
