package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/test/stores"
)

type values = map[string]any

// client connects a client of the protocol's library to a server.
func client(t *testing.T, dirs allowed) *mcp.ClientSession {
	t.Helper()
	ctx := context.Background()
	here, there := mcp.NewInMemoryTransports()
	server, err := newServer(dirs).Connect(ctx, here, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(ctx, there, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = server.Wait() })
	return c
}

// call calls a tool. failed says that the answer is an error.
func call(t *testing.T, c *mcp.ClientSession, tool string, args map[string]any) (a Answer, text string, failed bool) {
	t.Helper()
	r, err := c.CallTool(context.Background(), &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return a, err.Error(), true
	}
	for _, content := range r.Content {
		text += content.(*mcp.TextContent).Text
	}
	if r.StructuredContent != nil {
		data, err := json.Marshal(r.StructuredContent)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &a); err != nil {
			t.Fatal(err)
		}
	}
	if len(text) > 4<<10 {
		t.Errorf("%s %v: an answer of %d bytes", tool, args, len(text))
	}
	return a, text, r.IsError
}

// TestTools: there are few tools, all of them read only, each with a schema of what it
// takes and returns.
func TestTools(t *testing.T) {
	list, err := client(t, nil).ListTools(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		if a := tool.Annotations; a == nil || !a.ReadOnlyHint || tool.InputSchema == nil || tool.OutputSchema == nil {
			t.Errorf("%s: %+v", tool.Name, tool)
		}
	}
	if got := strings.Join(names, " "); got != "can check diff explain fix policy_info ports search_rules who why" {
		t.Error(got)
	}
}

// TestAnswers: each tool, and the command that its answer names.
func TestAnswers(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "policy")
	if err := os.WriteFile(file, []byte(examples.Policy()), 0o600); err != nil {
		t.Fatal(err)
	}
	var dirs allowed
	if err := dirs.add(dir); err != nil {
		t.Fatal(err)
	}
	c := client(t, dirs)
	operation := values{"subject": "haproxy_t", "action": "connect", "target": "tcp/5601", "policy": "example"}
	denial := denials()[0]
	for _, test := range []struct {
		tool   string
		args   map[string]any
		status int
		text   string
	}{
		{"can", operation, 1, "$ senet can haproxy_t connect tcp/5601 --policy example"},
		{"can", operation, 1, "NO    haproxy_t may not connect to tcp/5601"},
		{"fix", operation, 0, "nobody gains, nobody loses"},
		{"who", values{"action": "connect", "target": "tcp/443", "policy": file}, 0, "haproxy_t"},
		{"ports", values{"subject": "kibana_t", "protocol": "udp", "policy": "example"}, 0,
			"kibana_t, udp ports"},
		{"why", values{"log": denial.line, "policy": "example"}, 0,
			"NO    haproxy_t may not connect to " + denial.target},
		{"explain", values{"word": "SN-NO-RULE"}, 0, "no allow rule grants it"},
		{"diff", values{"before": "example", "after": file, "bools": []string{"haproxy_connect_any=on"}}, 1,
			"haproxy_t"},
		{"search_rules", values{"source": "kibana_t", "perms": "name_bind", "policy": file}, 0,
			"allow kibana_t unreserved_port_t"},
		{"policy_info", values{"port": "5432", "policy": file}, 0, "postgresql_port_t"},
		{"can", values{"subject": "haprox_t", "action": "connect", "target": "tcp/1", "policy": "example"}, 64,
			"did you mean haproxy_t"},
	} {
		a, text, failed := call(t, c, test.tool, test.args)
		if a.Status != test.status || failed != (test.status >= 64) ||
			!strings.Contains(text, test.text) || !strings.Contains(text, "\n$ senet ") {
			t.Errorf("%s %v: status %d, error %v:\n%s", test.tool, test.args, a.Status, failed, text)
		}
	}
}

// TestPaging: a long answer comes in parts that are together the whole.
func TestPaging(t *testing.T) {
	c := client(t, nil)
	args := values{"word": "layers", "policy": "example"}
	var all strings.Builder
	parts := 0
	for from := 1; from > 0; parts++ {
		args["from"] = from
		a, _, failed := call(t, c, "explain", args)
		if failed || len(a.Text) > maxText || parts > 20 {
			t.Fatalf("part %d from line %d: %d bytes", parts, from, len(a.Text))
		}
		all.WriteString(a.Text)
		from = a.More
	}
	if parts < 2 || !strings.Contains(all.String(), "May a client be kept from listening?") {
		t.Errorf("%d parts:\n%s", parts, all.String())
	}
	if text, more := cut("a\nb\n", 9); more != 0 || !strings.Contains(text, "2 lines") {
		t.Error(text, more)
	}
	if text, more := cut(strings.Repeat("ä", maxText)+"\nb\n", 1); more != 2 || len(text) > maxText+8 {
		t.Error(len(text), more)
	}
}

// TestPaths: no file is opened that was not allowed, by whatever name, and what is
// there is not told from what is not.
func TestPaths(t *testing.T) {
	dir := t.TempDir()
	inside, outside := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	for _, d := range []string{inside, outside} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "policy"), []byte(examples.Policy()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "policy"), filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	var dirs allowed
	if err := dirs.add(inside); err != nil {
		t.Fatal(err)
	}
	c := client(t, dirs)
	ask := func(path string) (string, bool) {
		_, text, failed := call(t, c, "who", values{"action": "connect", "target": "tcp/443", "policy": path})
		return text, failed
	}
	if text, failed := ask(filepath.Join(inside, "policy")); failed {
		t.Error(text)
	}
	for _, path := range []string{
		filepath.Join(outside, "policy"), filepath.Join(inside, "link"), filepath.Join(inside, "../out/policy"),
		filepath.Join(outside, "nothing"), inside + "x", "/etc/shadow", "running", "--help", "/dev/stdin",
	} {
		if text, failed := ask(path); !failed || !strings.Contains(text, errNotAllowed.Error()) {
			t.Errorf("%s: %s", path, text)
		}
	}
	for _, root := range []string{"/", outside} {
		_, text, failed := call(t, c, "ports", values{"subject": "haproxy_t", "root": root})
		if !failed || !strings.Contains(text, errNotAllowed.Error()) {
			t.Errorf("root %s: %s", root, text)
		}
	}
	_, text, failed := call(t, client(t, nil), "diff",
		values{"before": "example", "after": filepath.Join(inside, "policy")})
	if !failed || !strings.Contains(text, errNotAllowed.Error()) {
		t.Errorf("without --allow-path: %s", text)
	}
}

// TestFlagsAreNotTaken: a word of the client is an argument, whatever it looks like.
func TestFlagsAreNotTaken(t *testing.T) {
	c := client(t, nil)
	for _, args := range []values{
		{"subject": "--policy=/etc/shadow", "action": "connect", "target": "tcp/1", "policy": "example"},
		{"subject": "haproxy_t", "action": "--apply=1", "target": "--yes", "policy": "example"},
		{"subject": "haproxy_t", "action": "connect", "target": "tcp/5601", "policy": "example",
			"bools": []string{"--apply=1"}},
	} {
		if _, text, failed := call(t, c, "fix", args); !failed {
			t.Errorf("%v:\n%s", args, text)
		}
	}
	// Senet fix reads logs that its arguments name, where they are no question.
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte(denials()[0].line), 0o600); err != nil {
		t.Fatal(err)
	}
	_, text, failed := call(t, c, "fix", values{"subject": log, "action": log, "target": log, "policy": "example"})
	if !failed || strings.Contains(text, "haproxy_t") {
		t.Errorf("a log was read:\n%s", text)
	}
	if a, text, _ := call(t, c, "search_rules", values{"source": "x", "class": "--help"}); a.Status == 0 {
		t.Error(text)
	}
	// senet why reads names of files that stand among its arguments: here there are none.
	_, text, _ = call(t, c, "why", values{"log": "/etc/passwd", "policy": "example"})
	if strings.Contains(text, "root:") {
		t.Error(text)
	}
}

// TestCheck: a configuration in a system that was allowed is read with what it includes, and nothing outside of
// the system; without a system nothing is read.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.cfg")
	root := filepath.Join(dir, "root")
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		secret: "backend x\n    server s 10.0.0.9:7777\n",
		filepath.Join(root, "etc/haproxy/haproxy.cfg"): "frontend www\n    bind :80\n    default_backend kibana\n\n" +
			"backend kibana\n    server app1 10.0.0.7:5601 check\n",
		filepath.Join(root, "usr/lib/systemd/system/haproxy.service"): "[Service]\nExecStart=/usr/sbin/haproxy -Ws " +
			"-f /etc/haproxy/haproxy.cfg\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(secret, filepath.Join(root, "etc/haproxy/linked.cfg")); err != nil {
		t.Fatal(err)
	}
	var dirs allowed
	if err := dirs.add(root); err != nil {
		t.Fatal(err)
	}
	c := client(t, dirs)
	for _, name := range []string{"haproxy", "/etc/haproxy/haproxy.cfg"} {
		a, text, failed := call(t, c, "check", values{"name": name, "root": root})
		if failed || a.Status != 1 || !strings.Contains(text, "haproxy_t connect tcp/5601") ||
			!strings.Contains(text, "\n$ senet check ") {
			t.Errorf("%s: %s", name, text)
		}
	}
	for _, args := range []values{
		{"name": secret, "root": root}, {"name": "/etc/haproxy/linked.cfg", "root": root},
		{"name": "../../secret.cfg", "root": root}, {"name": secret, "root": dir}, {"name": secret, "root": ""},
		{"name": "haproxy", "root": "/"}, {"name": "--all", "root": root}, {"name": "--out=" + secret, "root": root},
	} {
		if _, text, _ := call(t, c, "check", args); strings.Contains(text, "7777") || strings.Contains(text, "YES") {
			t.Errorf("%v: %s", args, text)
		}
	}
	if text, err := os.ReadFile(secret); err != nil || !strings.Contains(string(text), "7777") {
		t.Errorf("%v: a file outside was written: %s", err, text)
	}
}
