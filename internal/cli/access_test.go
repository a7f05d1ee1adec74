package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// runAccess runs senet access and returns its exit code and output.
func runAccess(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errOut bytes.Buffer
	code = Main(append([]string{"senet", "access"}, args...), strings.NewReader(stdin), &out, &errOut)
	return code, out.String(), errOut.String()
}

const (
	httpd     = "system_u:system_r:httpd_t:s0"
	haproxy   = "system_u:system_r:haproxy_t:s0"
	httpPort  = "system_u:object_r:http_port_t:s0"
	cachePort = "system_u:object_r:http_cache_port_t:s0"
	node      = "system_u:object_r:node_t:s0"
	secret    = "system_u:object_r:node_t:s0:c7"
)

// TestAccess is one question at a time, on the built-in example.
func TestAccess(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		code   int
		out    []string // parts of standard output
		errOut string   // part of standard error
	}{
		{"granted", []string{httpd, httpPort, "tcp_socket", "name_bind"}, 0,
			[]string{"YES   httpd_t may name_bind http_port_t:tcp_socket\n", "allowed  name_bind\n",
				"allow httpd_t http_port_t:tcp_socket"}, ""},
		{"words", []string{httpd, httpPort, "tcp_socket", "name_bind", "-v"},
			0, []string{"words allowed=", " auditdeny=ffffffff flags=0\n"}, ""},
		{"no rule", []string{haproxy, node, "tcp_socket", "name_connect"}, 1,
			[]string{"NO    haproxy_t may not name_connect node_t:tcp_socket\n", "no rule allows it [SN-NO-RULE]",
				"next  senet search -A -s haproxy_t -c tcp_socket\n"}, ""},
		{"all of the class", []string{httpd, httpPort, "tcp_socket"},
			0, []string{"YES   httpd_t may do some of these to http_port_t:tcp_socket\n"}, ""},
		{"nothing of the class", []string{httpd, httpPort, "file"}, 1,
			[]string{"NO    httpd_t may not do anything to http_port_t:file\n"}, ""},
		{"unknown class", []string{httpd, httpPort, "tcp_sockt", "name_bind"}, 64, nil,
			"the policy has no class tcp_sockt\n       did you mean tcp_socket"},
		{"unknown permission", []string{httpd, httpPort, "tcp_socket", "name_bnd"}, 64, nil,
			"class tcp_socket has no permission name_bnd in this policy\n       did you mean name_bind"},
		{"type instead of a context", []string{"httpd_t", httpPort, "tcp_socket"}, 64, nil, "source: invalid context"},
		{"no level", []string{httpd, "system_u:object_r:http_port_t", "tcp_socket"}, 64, nil,
			"target: invalid context"},
		{"role that may not have the type", []string{"user_u:user_r:httpd_t:s0", httpPort, "tcp_socket"}, 64, nil,
			"role user_r may not have type httpd_t"},
		{"attribute as a type", []string{"system_u:system_r:domain:s0", httpPort, "tcp_socket"}, 64, nil,
			"no type \"domain\""},
		{"two arguments", []string{httpd, httpPort}, 64, nil, "takes two contexts and a class"},
		{"unknown boolean", []string{httpd, httpPort, "tcp_socket", "--bool", "no_such=on"}, 64, nil,
			"no boolean no_such"},
		{"quiet", []string{httpd, httpPort, "tcp_socket", "name_bind", "-q"}, 0, []string{""}, ""},
		{"batch with arguments", []string{"--batch", httpd}, 64, nil, "takes no arguments"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errOut := runAccess("", append(tt.args, "--policy", "example")...)
			if code != tt.code {
				t.Errorf("exit %d, want %d; %s%s", code, tt.code, out, errOut)
			}
			for _, part := range tt.out {
				if !strings.Contains(strings.ReplaceAll(out, " --policy example", ""), part) {
					t.Errorf("output lacks %q:\n%s", part, out)
				}
			}
			if tt.name == "quiet" && out != "" {
				t.Errorf("not quiet: %s", out)
			}
			if !strings.Contains(errOut, tt.errOut) || (tt.errOut == "") != (errOut == "") {
				t.Errorf("standard error lacks %q:\n%s", tt.errOut, errOut)
			}
		})
	}
}

// TestAccessPolicy checks which policy is asked: never the example unless it is named.
func TestAccessPolicy(t *testing.T) {
	empty := t.TempDir()
	notPolicy := filepath.Join(empty, "text")
	if err := os.WriteFile(notPolicy, []byte("allow a b;"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"no policy under the root", []string{"--root", empty}, "no SELinux policy found"},
		{"no such file", []string{"--policy", filepath.Join(empty, "absent")}, "no such file"},
		{"no policy in the file", []string{"--policy", notPolicy}, "not a binary kernel policy"},
	} {
		for _, question := range [][]string{{httpd, httpPort, "tcp_socket"}, {"--batch"}} {
			code, out, errOut := runAccess(httpd+" "+httpPort+" tcp_socket\n", append(question, tt.args...)...)
			if code != 65 || out != "" || !strings.Contains(errOut, tt.want) {
				t.Errorf("%s: exit %d, %q, %q", tt.name, code, out, errOut)
			}
		}
	}
}

// TestAccessConstraint is a refusal by a constraint, in words, and its JSON.
func TestAccessConstraint(t *testing.T) {
	p := examplePolicy(t)
	d := access.NewDecider(p)
	// The example has MCS: find a domain that it holds for.
	for s := range p.Types() {
		source, err := p.ParseContext("system_u:system_r:" + p.TypeName(s) + ":s0")
		if err != nil {
			continue
		}
		target, err := p.ParseContext(secret)
		if err != nil {
			t.Fatal(err)
		}
		check := d.Check(source, target, "tcp_socket", "node_bind")
		if check.Perms[0].Reason.Code != access.Constrained {
			continue
		}
		code, out, _ := runAccess("", p.FormatContext(source), secret, "tcp_socket", "node_bind", "--policy",
			"example", "-v")
		text := strings.Join(strings.Fields(out), " ")
		if code != 1 || !strings.Contains(text, "a constraint refuses it: it needs the source's ") ||
			!strings.Contains(text, ">> h1 dom") || !strings.Contains(text, "s0 does not dominate s0:c7") {
			t.Errorf("exit %d\n%s", code, out)
		}
		_, out, _ = runAccess("", p.FormatContext(source), secret, "tcp_socket", "node_bind", "--policy", "example",
			"--json")
		var got doc.Access
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		if got.Schema != "senet.access/1" || got.Verdict != "denied" || len(got.Perms) != 1 ||
			len(got.Perms[0].Constraints) == 0 ||
			!strings.Contains(got.Perms[0].Constraints[0].Sentence, "node_bind needs ") ||
			got.Perms[0].Constraints[0].Needs == nil {
			t.Errorf("%s", out)
		}
		return
	}
	t.Error("no domain of the example is constrained on node_bind")
}

// TestAccessBool is a rule that a boolean switches off, and on.
func TestAccessBool(t *testing.T) {
	p := examplePolicy(t)
	d := access.NewDecider(p)
	source, err := p.ParseContext(haproxy)
	if err != nil {
		t.Fatal(err)
	}
	for o := range p.Types() {
		target := "system_u:object_r:" + p.TypeName(o) + ":s0"
		c, err := p.ParseContext(target)
		if err != nil {
			continue
		}
		reason := d.Check(source, c, "tcp_socket", "name_connect").Perms[0].Reason
		if reason.Code != access.BoolOff || len(reason.Switches) == 0 {
			continue
		}
		code, out, _ := runAccess("", haproxy, target, "tcp_socket", "name_connect", "--policy", "example")
		setting := say.Settings(p, reason.Switches[0], " --bool ")
		if code != 1 || !strings.Contains(out, "[SN-BOOL-OFF]") || !strings.Contains(out,
			"bool  "+say.Settings(p, reason.Switches[0], " and ")+" would allow it\n") ||
			!strings.HasSuffix(out, " --bool "+setting+"\n") {
			t.Errorf("exit %d\n%s", code, out)
		}
		args := append([]string{haproxy, target, "tcp_socket", "name_connect", "--policy", "example"},
			strings.Fields("--bool "+setting)...)
		if code, out, _ = runAccess("", args...); code != 0 {
			t.Errorf("with %s: exit %d\n%s", setting, code, out)
		}
		line := haproxy + " " + target + " tcp_socket\n"
		_, off, _ := runAccess(line, "--batch", "--policy", "example")
		_, on, _ := runAccess(line, append([]string{"--batch", "--policy", "example"},
			strings.Fields("--bool "+setting)...)...)
		if off == on {
			t.Errorf("--batch does not look at --bool: %s", on)
		}
		return
	}
	t.Error("no rule of the example waits for a boolean")
}

// TestAccessPermissive is a source that is refused nothing.
func TestAccessPermissive(t *testing.T) {
	p := examplePolicy(t)
	db := p.DB().Clone()
	id, _ := p.Type("haproxy_t")
	if err := db.SetPermissive(uint32(id), true); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "permissive.policy")
	if err := os.WriteFile(path, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := runAccess("", haproxy, node, "tcp_socket", "name_connect", "--policy", path)
	if code != 0 || !strings.HasPrefix(out, "YES ") || !strings.Contains(out, "DENIED   name_connect") ||
		!strings.Contains(out, "haproxy_t is permissive: what is denied is only logged") {
		t.Errorf("exit %d\n%s", code, out)
	}
	_, out, _ = runAccess(haproxy+" "+node+" tcp_socket\n", "--batch", "--policy", path)
	if !strings.HasSuffix(out, " ffffffff 1\n") {
		t.Errorf("%s", out)
	}
}

func examplePolicy(t testing.TB) *policy.Policy {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// TestAccessBatch is a line of each kind.
func TestAccessBatch(t *testing.T) {
	p := examplePolicy(t)
	s, _ := p.ParseContext(httpd)
	o, _ := p.ParseContext(httpPort)
	tcp, _ := p.Class("tcp_socket")
	dec := access.NewDecider(p).Decide(s, o, tcp)
	words := fmt.Sprintf("%x %x %x %d", dec.Allowed, dec.AuditAllow, dec.AuditDeny, dec.Flags)
	if dec.Allowed == 0 {
		t.Fatal("nothing allowed")
	}
	long := strings.Repeat("x", 100_000)
	lines := []struct{ in, out string }{
		{httpd + " " + httpPort + " tcp_socket", httpd + " " + httpPort + " tcp_socket " + words},
		{"  " + httpd + "\t" + httpPort + "  tcp_socket\r", httpd + " " + httpPort + " tcp_socket " + words},
		{"nonsense " + httpPort + " tcp_socket", "nonsense " + httpPort + " tcp_socket ERR invalid context"},
		{httpd + " system_u:object_r:http_port_t tcp_socket",
			httpd + " system_u:object_r:http_port_t tcp_socket ERR invalid context"},
		{"user_u:user_r:httpd_t:s0 " + httpPort + " tcp_socket",
			"user_u:user_r:httpd_t:s0 " + httpPort + " tcp_socket ERR invalid context"},
		{httpd + " " + httpPort + " nosuch", httpd + " " + httpPort + " nosuch ERR unknown class"},
		{"nonsense " + httpPort + " nosuch", "nonsense " + httpPort + " nosuch ERR invalid context"},
		{"", "ERR invalid context"},
		{"a b", "a b ERR invalid context"},
		{httpd + " " + httpPort + " tcp_socket name_bind", httpd + " " + httpPort +
			" tcp_socket name_bind ERR invalid context"},
		{long, "ERR line longer than 65535 bytes"},
		{httpd + " " + httpPort + " tcp_socket", httpd + " " + httpPort + " tcp_socket " + words},
	}
	var in, want strings.Builder
	for _, l := range lines {
		in.WriteString(l.in + "\n")
		want.WriteString(l.out + "\n")
	}
	code, out, errOut := runAccess(in.String(), "--batch", "--policy", "example")
	if code != 0 || errOut != "" {
		t.Errorf("exit %d, %s", code, errOut)
	}
	if out != want.String() {
		t.Errorf("got\n%s\nwant\n%s", out, want.String())
	}
	// A last line without its end is a line.
	if _, again, _ := runAccess(strings.TrimSuffix(in.String(), "\n"), "--batch", "--policy", "example"); again != out {
		t.Errorf("without the last newline:\n%s", again)
	}
	if code, out, _ := runAccess("", "--batch", "--policy", "example"); code != 0 || out != "" {
		t.Errorf("no line: exit %d, %q", code, out)
	}
	// JSON has one object for each line.
	_, out, _ = runAccess(in.String(), "--batch", "--json", "--policy", "example")
	answers := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(answers) != len(lines) {
		t.Fatalf("%d objects for %d lines", len(answers), len(lines))
	}
	for i, text := range answers {
		var got doc.AccessLine
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		_, reason, failed := strings.Cut(lines[i].out, "ERR ")
		if (got.Error != "") != failed || got.Error != reason {
			t.Errorf("%s: error %q, want %q", text, got.Error, reason)
		}
		if !failed && (got.Words == nil || fmt.Sprintf("%s %s %s %d", got.Words.Allowed, got.Words.AuditAllow,
			got.Words.AuditDeny, got.Words.Flags) != words || len(got.Perms) == 0) {
			t.Errorf("%s: want %s", text, words)
		}
	}
}
