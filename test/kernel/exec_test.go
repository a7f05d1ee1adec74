package kernel

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// testExec is socket activation as systemd does it: a program gets a socket of
// another label across a change of domain. What it may not have is replaced while
// it is executed (flush_unauthorized_files).
func testExec(t *testing.T, vm *VM, c *counts) {
	const (
		use       = "(allow d_t kernel_t (fd (use)))"
		readWrite = "(allow d_t s_t (tcp_socket (read write)))"
	)
	tests := []struct {
		rules     string
		enforcing bool
		found     string
		denials   string
	}{
		{use, true, "other", "s_t:tcp_socket read write"},
		{use + readWrite, true, "socket", ""},
		{"", false, "socket", "s_t:tcp_socket read write"},
		{use, false, "socket", "s_t:tcp_socket read write"},
	}
	for _, tt := range tests {
		// What is not defined is allowed: this is about sockets alone.
		lab := probe.Lab{Unknown: "allow", Rules: tt.rules + `(typeattribute any) (typeattributeset any (all)) (allow any any (file (read write)))
(allow kernel_t d_t (process (transition fork))) (allow d_t self (process (fork))) (allow d_t s_t (tcp_socket (getattr)))`}
		db, err := Permissive(lab.Policy(t).DB())
		if err != nil {
			t.Fatal(err)
		}
		if err := vm.Load(policy.New(db)); err != nil {
			t.Fatal(err)
		}
		c.policies.Add(1)
		reply, err := vm.call(wire.Request{Exec: &wire.Exec{Context: "u:r:d_t:s0", Socket: socketOfS,
			Enforcing: tt.enforcing}}, limitOfCall)
		if err != nil {
			t.Errorf("%s, enforcing %t: %v", tt.rules, tt.enforcing, err)
			continue
		}
		c.operations.Add(1)
		var denials []string
		for _, text := range reply.Exec.Audit {
			d, ok, err := parseDenial(text)
			if err != nil {
				t.Fatal(err)
			}
			key := strings.Split(d.Target+"::::", ":")[2] + ":" + d.Class + " " + d.Perms
			if d.Class == "fd" && !tt.enforcing {
				continue // logged once, of whichever file came first
			}
			if ok && strings.Contains(d.Text, `path="socket:[`) && d.Source == "u:r:d_t:s0" &&
				!slices.Contains(denials, key) {
				denials = append(denials, key)
			}
		}
		c.lines.Add(int64(len(denials)))
		if got := strings.Join(denials, ", "); got != tt.denials || reply.Exec.Found != tt.found {
			t.Errorf("%s, enforcing %t: the program finds %q, denials %q; want %q, %q", tt.rules, tt.enforcing,
				reply.Exec.Found, got, tt.found, tt.denials)
		}
	}
}
