package form_test

import (
	"encoding/json"
	"fmt"
	"maps"
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
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/subject"
)

// A written is a fix with its forms.
type written struct {
	fix   remedy.Fix
	port  uint16
	proto string
	forms []form.Form
	undo  string
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
	var list []written
	kinds := map[remedy.Kind]int{}
	for _, pr := range []struct {
		typ   string
		op    network.Operation
		proto network.Protocol
		port  uint16
		local string // the type of a local record of 10 ports, which labels the port
	}{
		{"httpd_t", network.Connect, network.TCP, 5601, ""},
		{"httpd_t", network.Bind, network.TCP, 8081, ""},
		{"httpd_t", network.Connect, network.MPTCP, 5601, ""},
		{"ntpd_t", network.Recv, network.UDP, 5601, ""},
		{"mysqld_t", network.Listen, network.SCTP, 9999, ""},
		{"httpd_t", network.Listen, network.DCCP, 5601, ""},
		{"httpd_t", network.Connect, network.TCP, 5601, "ssh_port_t"},
		{"httpd_t", network.Bind, network.TCP, 8080, "ssh_port_t"}, // and http_cache_port_t under it
	} {
		s, err := subject.Resolve(p, pr.typ)
		if err != nil {
			t.Fatal(err)
		}
		problem := remedy.Problem{Name: pr.typ, LocalPorts: []policydb.PortCon{}, Question: network.Question{
			Subject: s.Context, Operation: pr.op, Protocol: pr.proto, Port: pr.port,
			Machine: network.Machine{Host: host.Standard()}}}
		q := p
		if pr.local != "" {
			label := p.PortLabel(policy.ProtoTCP, pr.port).Context
			id, _ := p.Type(pr.local)
			label.Type = uint32(id)
			problem.LocalPorts = []policydb.PortCon{{Protocol: policy.ProtoTCP, Low: uint32(pr.port) - 4,
				High: uint32(pr.port) + 5, Context: label}}
			q = p.WithPorts(problem.LocalPorts...)
		}
		r, err := remedy.Find(access.NewDecider(q), problem)
		if err != nil {
			t.Fatal(err)
		}
		target := form.Target{Protocol: strings.TrimPrefix(string(pr.proto), "mp"), Port: pr.port}
		for i := range r.Fixes {
			f := r.Fixes[i]
			kinds[f.Kind]++
			target.Bools = nil
			for _, b := range f.Bools {
				target.Bools = append(target.Bools, form.Setting{Name: p.BoolName(b.Bool), On: b.On})
			}
			list = append(list, written{f, pr.port, target.Protocol, form.Forms(&f, target), form.Undo(&f, target)})
			if f.Kind == remedy.Label || f.Kind == remedy.OwnType {
				f = ranged(f, &target)
				list = append(list, written{f, pr.port, target.Protocol, form.Forms(&f, target), form.Undo(&f, target)})
			}
			if f.Kind == remedy.Label {
				f.Kind = remedy.Level
				f.Records = slices.Clone(f.Records)
				f.Records[0].Action = remedy.ModifyRecord
				list = append(list, written{f, pr.port, target.Protocol, form.Forms(&f, target), form.Undo(&f, target)})
				kinds[f.Kind]++
			}
		}
	}
	for _, kind := range []remedy.Kind{remedy.Label, remedy.OwnType, remedy.Boolean, remedy.Rule, remedy.Split,
		remedy.Level, remedy.OtherPort, remedy.Permissive} {
		if kinds[kind] == 0 {
			t.Fatalf("no fix of kind %s", kind)
		}
	}
	return list
}

// ranged is a fix that only a record can make, with a range.
func ranged(f remedy.Fix, t *form.Target) remedy.Fix {
	f.Range, f.Local, f.Exists = "s0-s15:c0.c1023", true, false
	protocol, err := semanage.ParseProtocol(t.Protocol)
	if err != nil {
		panic(err) // of a test's own
	}
	r := remedy.RecordChange{Action: remedy.AddRecord,
		Port: semanage.Port{Protocol: protocol, Low: t.Port, High: t.Port,
			Context: semanage.Context{User: "system_u", Role: "object_r", Type: f.Type, Range: f.Range}}}
	f.Records = []remedy.RecordChange{r}
	r.Action = remedy.DeleteRecord
	f.Undo = []remedy.RecordChange{r}
	f.Module = slices.DeleteFunc(slices.Clone(f.Module), func(n cil.Node) bool { return n.List[0].Atom == "portcon" })
	return f
}

// TestSemanageCommands: the commands are what policycoreutils's own parser
// takes, with the values meant, to do it and to take it back; and the shell hands
// semodule the module.
func TestSemanageCommands(t *testing.T) {
	testenv.Need(t, "sh", "python3", "semanage", "setsebool")
	list := all(t)
	var commands []string // of semanage port, one a line
	var wanted []remedy.RecordChange
	for i := range list {
		w := &list[i]
		f := &w.fix
		switch f.Kind {
		case remedy.OtherPort:
			if w.form("semanage") != "" || w.undo != "" ||
				!strings.Contains(w.form("text"), fmt.Sprintf("use port %d (", f.Choices[0].Port)) {
				t.Errorf("%+v", w.forms)
			}
			continue
		case remedy.Boolean:
			if !regexp.MustCompile(`^setsebool -P( [a-z0-9_]+=1)+\n# until the next boot only: setsebool( `+
				`[a-z0-9_]+=1)+\n$`).MatchString(w.form("semanage")) ||
				!regexp.MustCompile(`^setsebool -P( [a-z0-9_]+=0)+\n$`).MatchString(w.undo) {
				t.Errorf("%s\n%s", w.form("semanage"), w.undo)
			}
			continue
		case remedy.Permissive:
			if w.form("semanage") != "semanage permissive -a "+f.Domains[0]+"\n" ||
				w.undo != "semanage permissive -d "+f.Domains[0]+"\n" {
				t.Errorf("%s\n%s", w.form("semanage"), w.undo)
			}
			continue
		}
		// Doing it: the module, then the records.
		calls, module := shell(t, w.form("semanage"))
		if isModule := f.Kind == remedy.OwnType || f.Kind == remedy.Rule; isModule {
			if len(calls) == 0 || calls[0] != "semodule -i "+f.ModuleName+".cil" {
				t.Fatalf("%q", calls)
			}
			same(t, module, f.Module)
			calls = calls[1:]
		}
		if len(calls) != len(f.Records) {
			t.Errorf("%s: %q for %d records", f.Kind, calls, len(f.Records))
			continue
		}
		commands, wanted = append(commands, calls...), append(wanted, f.Records...)
		// Taking it back: the other way round.
		calls, _ = shell(t, w.undo)
		if f.Kind == remedy.OwnType || f.Kind == remedy.Rule {
			if n := len(calls) - 1; n < 0 || calls[n] != "semodule -r "+f.ModuleName {
				t.Fatalf("%q", calls)
			}
			calls = calls[:len(calls)-1]
		}
		if len(calls) != len(f.Undo) {
			t.Errorf("%s: %q for %d records", f.Kind, calls, len(f.Undo))
			continue
		}
		commands, wanted = append(commands, calls...), append(wanted, f.Undo...)
		// Without semanage: semodule, and senet's own words for records.
		calls, module = shell(t, w.form("shell"))
		if len(f.Module) > 0 {
			if calls[0] != "semodule -n -i "+f.ModuleName+".cil" {
				t.Errorf("%q", calls)
			}
			same(t, module, f.Module)
			calls = calls[1:]
		}
		if f.Kind == remedy.Label && len(f.Module) > 0 || len(f.Records) == 0 {
			if len(calls) > 0 {
				t.Errorf("%q", calls)
			}
		} else if len(calls) != len(f.Records) || !strings.HasPrefix(calls[0], "senet port ") {
			t.Errorf("%s: %q for %d records", f.Kind, calls, len(f.Records))
		}
	}
	for i, got := range parse(t, commands) {
		want := semanagePort{string(wanted[i].Action), fmt.Sprint(wanted[i].Low), wanted[i].Context.Type,
			wanted[i].Protocol.String(), wanted[i].Context.Range}
		if wanted[i].Low != wanted[i].High {
			want.Port += fmt.Sprintf("-%d", wanted[i].High)
		}
		if want.Action == "delete" {
			want.Type, want.Range = "", ""
		}
		if got.Range == "" && want.Action != "delete" {
			got.Range = "s0" // semanage's own, or the record's
			if want.Action == "modify" {
				want.Range = "s0"
			}
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", commands[i], got, want)
		}
	}
	if len(commands) < 40 {
		t.Errorf("%d commands", len(commands))
	}
}

// shell runs a script with programs in semodule's, semanage's and senet's place
// that write down how they are called, and returns that with the module that they
// get. What is imported counts as calls.
func shell(t *testing.T, script string) (calls []string, module string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"semodule", "semanage", "senet"} {
		stub := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in import*|*' import '*) sed 's/^port/%s port/' >>%s/calls;; "+
			"*) echo %s \"$@\" >>%s/calls;; esac\n", name, dir, name, dir)
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
		t.Fatalf("%v: %s", err, script)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.cil"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		module += string(text)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), module
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
import importlib.machinery, importlib.util, json, shlex, sys
loader = importlib.machinery.SourceFileLoader("semanage", sys.argv[1])
spec = importlib.util.spec_from_loader("semanage", loader)
module = importlib.util.module_from_spec(spec)
loader.exec_module(module)
out = []
for line in sys.stdin:
    a = module.createCommandParser().parse_args(module.make_args(shlex.split(line)))
    assert a.func is module.handlePort, line
    out.append({"Action": a.action, "Port": a.port, "Type": a.type or "", "Proto": a.proto, "Range": a.range or ""})
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
	cmd := exec.Command("python3", "-c",
		"import json, sys, yaml\njson.dump([yaml.safe_load(t) for t in json.load(sys.stdin)], sys.stdout)")
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
	f := &w.fix
	sayable := f.Kind != remedy.OtherPort && f.Kind != remedy.Level
	for _, r := range f.Records {
		sayable = sayable && (r.Protocol == semanage.TCP || r.Protocol == semanage.UDP) &&
			(r.Action == remedy.ModifyRecord || r.Context.Range == "s0")
	}
	if (doc != nil) != sayable || (w.form("puppet") != "") != sayable {
		t.Errorf("%s %s on %s, range %s: ansible is %v", f.Kind, f.Type, w.proto, f.Range, doc)
	}
	if doc == nil {
		return
	}
	var modules []string
	records := f.Records
	for _, task := range doc.([]any) {
		for name, args := range task.(map[string]any) {
			if !strings.Contains(name, ".") {
				continue
			}
			modules = append(modules, name)
			m, _ := args.(map[string]any)
			switch name {
			case "community.general.seport":
				r := records[0]
				records = records[1:]
				ports, state := any(float64(r.Low)), "present"
				if r.Low != r.High {
					ports = fmt.Sprintf("%d-%d", r.Low, r.High)
				}
				if r.Action == remedy.DeleteRecord {
					state = "absent"
				}
				if m["ports"] != ports || m["proto"] != w.proto || m["setype"] != r.Context.Type ||
					m["state"] != state || (m["local"] == true) != (len(f.Records) > 1) {
					t.Errorf("%v", m)
				}
			case "community.general.selinux_permissive":
				if m["permissive"] != true || m["domain"] != f.Domains[0] {
					t.Errorf("%v", m)
				}
			case "ansible.posix.seboolean":
				if m["persistent"] != true || m["name"] == "" || m["state"] != true && m["state"] != false {
					t.Errorf("%v", m)
				}
			case "ansible.builtin.copy":
				same(t, m["content"].(string), f.Module)
			}
		}
	}
	var want []string
	switch f.Kind {
	case remedy.Rule, remedy.OwnType:
		want = []string{"ansible.builtin.copy", "ansible.builtin.command"}
	case remedy.Boolean:
		want = slices.Repeat([]string{"ansible.posix.seboolean"}, len(f.Bools))
	case remedy.Permissive:
		want = []string{"community.general.selinux_permissive"}
	}
	want = append(want, slices.Repeat([]string{"community.general.seport"}, len(f.Records))...)
	if !slices.Equal(modules, want) {
		t.Errorf("%s: modules %v, want %v", f.Kind, modules, want)
	}
}

func checkButane(t *testing.T, w *written, doc any) {
	t.Helper()
	f := &w.fix
	if f.Kind == remedy.OtherPort {
		if doc != nil {
			t.Errorf("%v", doc)
		}
		return
	}
	m := doc.(map[string]any)
	if m["variant"] != "fcos" || m["version"] != "1.5.0" {
		t.Errorf("%v", m)
	}
	unit := m["systemd"].(map[string]any)["units"].([]any)[0].(map[string]any)
	content := unit["contents"].(string)
	starts := regexp.MustCompile(`(?m)^ExecStart=/usr/sbin/(semanage|semodule|setsebool) .*$`).FindAllString(content,
		-1)
	want := 1
	if f.Kind != remedy.Boolean {
		want = len(f.Records)
		if f.Kind == remedy.Label && len(f.Module) > 0 {
			want = 0
		}
		if len(f.Module) > 0 {
			want++
		}
	}
	if len(starts) != want || !strings.HasSuffix(unit["name"].(string), ".service") ||
		!strings.HasPrefix(content, "[Unit]\n") || !strings.Contains(content, "\n[Service]\nType=oneshot\n") {
		t.Errorf("%d commands of %d: %s", len(starts), want, content)
	}
	bootc := w.form("bootc")
	if n := strings.Count(bootc, "RUN ") + strings.Count(bootc, " && "); n != want ||
		strings.Contains(bootc, "semanage port --add") {
		t.Errorf("%d commands of %d: %s", n, want, bootc)
	}
	if len(f.Module) > 0 {
		file := m["storage"].(map[string]any)["files"].([]any)[0].(map[string]any)
		if !strings.Contains(starts[0], "semodule -i "+file["path"].(string)) ||
			!strings.Contains(bootc, "RUN semodule -n -i "+file["path"].(string)+"\n") {
			t.Errorf("%s of %s", starts[0], file["path"])
		}
		same(t, file["contents"].(map[string]any)["inline"].(string), f.Module)
		_, text, _ := strings.Cut(bootc, "\n")
		text, _, _ = strings.Cut(text, "EOF\n")
		same(t, text, f.Module)
	}
}

// TestCIL: the form is the module, and there is none where a module cannot do it.
func TestCIL(t *testing.T) {
	for _, w := range all(t) {
		text := w.form("cil")
		can := w.fix.Kind == remedy.Rule || w.fix.Kind == remedy.Permissive || !w.fix.Local &&
			(w.fix.Kind == remedy.OwnType || w.fix.Kind == remedy.Label)
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
		if (text != "") != (w.fix.Kind == remedy.OwnType || w.fix.Kind == remedy.Rule ||
			w.fix.Kind == remedy.Permissive) {
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
		if out, err := exec.Command("checkmodule", "-M", "-m", "-o", strings.TrimSuffix(file, "te")+"mod",
			file).CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, out, text)
		}
	}
	if n < 8 {
		t.Errorf("%d modules", n)
	}
}

// TestDottedNames: names of CIL's blocks have dots, which the language of
// modules has not.
func TestDottedNames(t *testing.T) {
	rule, err := cil.Parse("(allow box.process http_port_t (tcp_socket (name_connect)))")
	if err != nil {
		t.Fatal(err)
	}
	f := remedy.Fix{Kind: remedy.Rule, Type: "http_port_t", Module: rule, ModuleName: "m"}
	for _, form := range form.Forms(&f, form.Target{Protocol: "tcp", Port: 80}) {
		if form.Name == "te" {
			t.Errorf("%s", form.Text)
		}
	}
}

// TestProcessLevel: a level of a process is no change of the policy.
func TestProcessLevel(t *testing.T) {
	f := remedy.Fix{Kind: remedy.Level, ProcessRange: "s0:c1", ProcessContext: "system_u:system_r:app_t:s0:c1",
		Works: true}
	got := map[string]string{}
	for _, form := range form.Forms(&f, form.Target{Protocol: "tcp", Port: 80}) {
		got[form.Name] = form.Text
	}
	want := map[string]string{
		"text":    "run the process with the level s0:c1\n",
		"systemd": "[Service]\nSELinuxContext=system_u:system_r:app_t:s0:c1\n",
		"podman":  "podman run --security-opt label=level:s0:c1\n",
	}
	if !maps.Equal(got, want) || form.Undo(&f, form.Target{}) != "" {
		t.Errorf("%v", got)
	}
}
