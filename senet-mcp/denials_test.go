package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/test/stores"
)

// TestThirtyDenials: a client that does what the instructions say, why and then fix, finds for each denial a
// change and the command that makes it, in less than 4 KB. A person runs the command; then the client is told that
// the operation is allowed. After it the change is taken back.
func TestThirtyDenials(t *testing.T) {
	source, err := os.ReadFile("../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root")
	if err := stores.ScratchModules(root, string(source)); err != nil {
		t.Fatal(err)
	}
	var dirs allowed
	if err := dirs.add(root); err != nil {
		t.Fatal(err)
	}
	c := client(t, dirs)
	list := denials()
	if len(list) != 30 {
		t.Fatalf("%d denials", len(list))
	}
	for i, d := range list {
		why, text, failed := call(t, c, "why", values{"log": d.line, "root": root})
		size := len(text)
		want := fmt.Sprintf("%s may not %s", d.domain, d.action)
		if failed || !strings.Contains(why.Text, want) || !strings.Contains(why.Text, d.target) {
			t.Errorf("denial %d: %s\nwhy lacks %q:\n%s", i, d.line, want, text)
			continue
		}
		operation := values{"subject": d.domain, "action": d.action, "target": d.target, "root": root}
		fix, text, failed := call(t, c, "fix", operation)
		size += len(text)
		if failed || fix.Status != 0 || !strings.Contains(fix.Text, "fix   1") {
			t.Errorf("denial %d: no fix:\n%s", i, text)
			continue
		}
		if size > 4<<10 {
			t.Errorf("denial %d: %d bytes", i, size)
		}
		person(t, next(t, fix.Text)+" --yes --quiet")
		if can, text, failed := call(t, c, "can", operation); failed || can.Status != 0 {
			t.Errorf("denial %d is not solved:\n%s", i, text)
		}
		person(t, "senet undo --yes --quiet --root "+root)
		if can, text, _ := call(t, c, "can", operation); can.Status != 1 {
			t.Errorf("denial %d is not taken back:\n%s", i, text)
		}
	}
}

// next is the command that makes the change that an answer names. What needs review is named as a plan.
func next(t *testing.T, text string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\nnext  ")
	command, _, _ := strings.Cut(rest, "\n")
	command = strings.Replace(command, " --plan ", " --apply ", 1)
	if !ok || !strings.Contains(command, " --apply ") {
		t.Fatalf("no command that applies:\n%s", text)
	}
	return command
}

// person runs a command as a person does who pastes it.
func person(t *testing.T, command string) {
	t.Helper()
	var out, complaints bytes.Buffer
	if code := cli.Main(strings.Fields(command), strings.NewReader(""), &out, &complaints); code != 0 {
		t.Fatalf("%s: exit status %d\n%s%s", command, code, out.String(), complaints.String())
	}
}

type denial struct{ line, domain, action, target string }

// denials are thirty that the example policy makes, as the kernel writes them: five domains, six operations.
func denials() []denial {
	operations := []struct {
		action, perm, protocol, key, label string
		port                               int
	}{
		{"connect", "name_connect", "tcp", "dest", "unreserved_port_t", 5601},
		{"connect", "name_connect", "tcp", "dest", "unreserved_port_t", 6379},
		{"connect", "name_connect", "tcp", "dest", "reserved_port_t", 25},
		{"bind", "name_bind", "tcp", "src", "ssh_port_t", 22},
		{"bind", "name_bind", "udp", "src", "dns_port_t", 53},
		{"bind", "name_bind", "udp", "src", "unreserved_port_t", 9999},
	}
	var list []denial
	for _, domain := range []string{"haproxy_t", "certbot_t", "kibana_t", "httpd_t", "elasticsearch_t"} {
		for _, o := range operations {
			list = append(list, denial{
				line: fmt.Sprintf(`type=AVC msg=audit(1795347001.%03d:%d): avc:  denied  { %s } for  pid=%d `+
					`comm="x" %s=%d scontext=system_u:system_r:%s:s0 `+
					`tcontext=system_u:object_r:%s:s0 tclass=%s_socket permissive=0`,
					len(list), len(list)+42, o.perm, 800+len(list), o.key, o.port, domain, o.label, o.protocol),
				domain: domain, action: o.action, target: fmt.Sprintf("%s/%d", o.protocol, o.port),
			})
		}
	}
	return list
}
