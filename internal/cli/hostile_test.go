package cli

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policydb"
)

// hostileNames would act on a terminal, forge a line, hide, or run a command when
// what is printed is pasted. CANARY is a file that such a command makes.
var hostileNames = []string{
	"x\n\nFORGED  allowed",
	"x\r\nFORGED",
	"\x1b[2J\x1b[31mx",
	"x\u009b31m\u0085FORGED",
	"\u202egnp.exe\u2066",
	"x\u2028FORGED\u2029FORGED",
	"zero\u200bwidth\ufeff\u00ad\u3164",
	"tag\U000e0041",
	"\xff\xfe\xc3",
	"\x7f\b\a\x0b",
	"$(touch CANARY)",
	"`touch CANARY`",
	"x;touch CANARY",
	"x|touch CANARY",
	"x'; touch CANARY; '",
	"x\"; touch CANARY; \"",
	"x\ntouch CANARY",
	"--help",
	"-x",
	"",
}

// hostileCommands are commands with NAME for a hostile name. POLICY is a policy with
// such a name for a type, LOG a log, FACTS a machine, FILE a file of that name that
// is not there.
var hostileCommands = [][]string{
	{"NAME"},
	{"can", "NAME", "connect", "tcp/80", "--policy", "example"},
	{"can", "httpd_t", "NAME", "tcp/80", "--policy", "example"},
	{"can", "httpd_t", "connect", "NAME", "--policy", "example"},
	{"can", "httpd_t", "connect", "tcp/80", "--policy", "NAME"},
	{"can", "httpd_t", "connect", "tcp/80", "--policy", "example", "--host", "NAME"},
	{"can", "httpd_t", "connect", "tcp/80", "--policy", "example", "--host", "FACTS"},
	{"can", "httpd_t", "connect", "tcp/80", "--policy", "example", "--bool", "NAME=on"},
	{"can", "httpd_t", "connect", "tcp/80", "--policy", "example", "--bool", "NAME"},
	{"can", "httpd_t", "connect", "tcp/80", "--NAME"},
	{"can", "httpd_t", "connect", "tcp/80", "--root", "NAME"},
	{"can", "httpd_t", "connect", "tcp/80", "--policy", "POLICY"},
	{"can", "NAME", "connect", "tcp/80", "--policy", "POLICY"},
	{"check", "NAME", "--policy", "example"},
	{"check", "NAME", "--policy", "example", "--root", "ROOT", "--program", "haproxy"},
	{"check", "haproxy", "--policy", "POLICY", "--domain", "NAME"},
	{"who", "connect", "tcp/80", "--policy", "POLICY"},
	{"who", "NAME", "tcp/80", "--policy", "example"},
	{"who", "connect", "NAME", "--policy", "example"},
	{"who", "connect", "tcp/80", "--policy", "POLICY", "--svg"},
	{"who", "connect", "tcp/80", "--policy", "POLICY", "--dot"},
	{"can", "NAME", "connect", "tcp/80", "--policy", "POLICY", "--svg"},
	{"fix", "httpd_t", "connect", "tcp/81", "--policy", "POLICY", "--svg"},
	{"ports", "httpd_t", "--policy", "POLICY"},
	{"ports", "NAME", "--policy", "example"},
	{"fix", "httpd_t", "connect", "tcp/80", "--policy", "POLICY"},
	{"fix", "httpd_t", "connect", "tcp/81", "--policy", "POLICY"},
	{"fix", "httpd_t", "connect", "tcp/81", "--policy", "POLICY", "--show", "1"},
	{"fix", "NAME", "connect", "tcp/80", "--policy", "example"},
	{"fix", "LOG", "--policy", "example"},
	{"access", "system_u:system_r:httpd_t:s0", "system_u:object_r:NAME:s0", "tcp_socket", "--policy", "POLICY"},
	{"access", "NAME", "NAME", "NAME", "--policy", "example"},
	{"access", "system_u:system_r:httpd_t:s0", "system_u:object_r:http_port_t:s0", "tcp_socket", "NAME", "--policy",
		"example"},
	{"why", "LOG", "--policy", "example"},
	{"why", "LOG", "--policy", "POLICY"},
	{"why", "--allow", "LOG", "--policy", "example"},
	{"why", "NAME", "--policy", "example"},
	{"explain", "NAME", "--policy", "POLICY"},
	{"explain", "NAME", "--policy", "example"},
	{"host", "--host", "FACTS"},
	{"plan", "NAME"},
	{"apply", "NAME"},
	{"port", "add", "-t", "NAME", "tcp/5601", "--root", "ROOT"},
	{"port", "NAME"},
	{"bool", "NAME=on", "--root", "ROOT"},
	{"node", "add", "-t", "NAME", "10.0.0.0/8", "--root", "ROOT"},
	{"interface", "add", "-t", "netif_t", "NAME", "--root", "ROOT"},
	{"search", "-A", "-s", "NAME", "POLICY"},
	{"search", "-A", "-t", "http_port_t", "NAME"},
	{"search", "-A", "-s", "httpd_t", "POLICY"},
	{"info", "-t", "POLICY"},
	{"info", "-t", "-x", "POLICY"},
	{"info", "--NAME", "POLICY"},
}

// TestHostileNames runs every command with every hostile name: what is printed is
// visible, forges no line, is JSON with --json, and its commands run nothing but
// themselves.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	stubs := filepath.Join(dir, "bin")
	if err := os.Mkdir(stubs, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"senet", "semanage", "semodule", "setsebool", "sudo"} {
		if err := os.WriteFile(filepath.Join(stubs, program), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	pasted := map[string]bool{}
	for i, name := range hostileNames {
		files := strings.NewReplacer("POLICY", hostilePolicy(t, dir, i, name), "LOG", hostileLog(t, dir, i, name),
			"FACTS", hostileFacts(t, dir, i, name), "ROOT", filepath.Join(dir, "none"), "NAME", name)
		for _, command := range hostileCommands {
			for _, form := range [][]string{nil, {"--json"}} {
				args := make([]string, len(command))
				for j, arg := range command {
					args[j] = files.Replace(arg)
				}
				if form != nil && (command[0] == "search" || command[0] == "info" ||
					slices.Contains(command, "--allow")) {
					continue
				}
				args = append(args, form...)
				var stdout, stderr bytes.Buffer
				code := Main(append([]string{"senet"}, args...), strings.NewReader(""), &stdout, &stderr)
				for _, out := range []string{stdout.String(), stderr.String()} {
					if err := inert(out); err != nil {
						t.Errorf("senet %q prints %v", args, err)
					}
				}
				if code == exitInternalBug {
					t.Errorf("senet %q: %s", args, stderr.String())
				}
				if form != nil && stdout.Len() > 0 && name != "--help" && !json.Valid(stdout.Bytes()) {
					t.Errorf("senet %q prints no JSON: %s", args, stdout.String())
				}
				for _, line := range pastable(stdout.String() + stderr.String()) {
					pasted[line] = true
				}
			}
		}
	}
	if len(pasted) < 20 {
		t.Fatalf("%d commands are offered", len(pasted))
	}
	script := ""
	for line := range pasted {
		script += line + "\n"
	}
	cmd := exec.Command("sh", "-c", "PATH="+stubs+":$PATH\n"+script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("the commands do not run: %v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "CANARY")); err == nil {
		t.Errorf("a command that is offered runs another:\n%s", script)
	}
}

// inert names the character in a text that would act on a terminal, hide, or forge a line.
func inert(s string) error {
	for i, r := range s {
		_, n := utf8.DecodeRuneInString(s[i:])
		if r != '\n' && (!unicode.IsPrint(r) || r == utf8.RuneError && n == 1 ||
			unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)) {
			return fmt.Errorf("%q in %.300q", r, s)
		}
	}
	for line := range strings.Lines(s) {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "FORGED") || strings.HasPrefix(line, "touch ") {
			return fmt.Errorf("a forged line: %.300q", line)
		}
	}
	return nil
}

// pastable are the commands in what was printed.
func pastable(out string) (list []string) {
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		for _, key := range []string{"next  ", "undo  ", "do    ", "also  ", "next    "} {
			if rest, ok := strings.CutPrefix(line, key); ok && strings.HasPrefix(strings.TrimLeft(rest, " "), "se") {
				list = append(list, strings.TrimLeft(rest, " "))
			}
		}
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), `"next": `); ok {
			var command string
			if json.Unmarshal([]byte(strings.TrimSuffix(rest, ",")), &command) == nil {
				list = append(list, command)
			}
		}
	}
	return list
}

// hostilePolicy writes the example policy with a name for the type http_port_t and
// for a boolean.
func hostilePolicy(t *testing.T, dir string, i int, name string) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("policy%d", i))
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	db = db.Clone()
	types := slices.Clone(db.Types.Items)
	for j := range types {
		if types[j].Name == "http_port_t" {
			types[j].Name = name
		}
	}
	db.Types.Items = types
	bools := slices.Clone(db.Bools.Items)
	bools[0].Name = name
	db.Bools.Items = bools
	if err := os.WriteFile(path, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func hostileLog(t *testing.T, dir string, i int, name string) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("log%d", i))
	oneLine := strings.ReplaceAll(name, "\n", " ")
	log := ""
	for _, v := range [][4]string{
		{"name_connect", strings.ToUpper(hex.EncodeToString([]byte(name))), "haproxy_t", "tcp_socket"},
		{oneLine, `"x"`, "haproxy_t", "tcp_socket"},
		{"name_connect", `"` + oneLine + `"`, "haproxy_t", "tcp_socket" + oneLine},
		{"name_connect", `"x"`, "haproxy_t" + oneLine, "tcp_socket"},
	} {
		log += fmt.Sprintf(
			"type=AVC msg=audit(1795161600.000:%d): avc:  denied  { %s } for  pid=812 comm=%s dest=5601 "+
				"scontext=system_u:system_r:%s:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=%s "+
				"permissive=0\n", i, v[0], v[1], v[2], v[3])
	}
	log += "nginx: [emerg] bind() to 0.0.0.0:8099 failed (13: Permission denied) " + oneLine + "\n"
	if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// hostileFacts saves a machine with names in all of its texts.
func hostileFacts(t *testing.T, dir string, i int, name string) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("facts%d", i))
	var stdout, stderr bytes.Buffer
	empty := filepath.Join(dir, "empty")
	if err := os.MkdirAll(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(path)
	if code := Main([]string{"senet", "host", "--root", empty, "--save", path}, strings.NewReader(""), &stdout,
		&stderr); code != 0 {
		t.Fatalf("%d %s", code, stderr.String())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var facts map[string]any
	if err := json.Unmarshal(text, &facts); err != nil {
		t.Fatal(err)
	}
	facts["source"] = name
	facts["interfaces"] = []map[string]any{{"name": name, "up": true, "addresses": []string{name}}}
	if text, err = json.Marshal(facts); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
