package senet_test

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/subject"
)

// TestMachineOf: a process is asked about in its own network namespace, and a
// network namespace of another user namespace asks for other capabilities.
func TestMachineOf(t *testing.T) {
	testenv.Need(t, "unshare")
	for _, c := range []struct {
		flags         []string
		elsewhere     bool // in another network namespace
		userNamespace bool
	}{
		{[]string{"--net"}, true, false},
		{[]string{"--user", "--net"}, true, true},
		{[]string{"--user"}, false, false}, // the network is the machine's own
	} {
		cmd := exec.Command("unshare", append(c.flags, "sleep", "60")...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}()
		var p host.Process
		for range 500 { // until sleep is what it runs
			var err error
			if p, err = (host.Root{}).Process(cmd.Process.Pid); err != nil {
				t.Fatal(err)
			}
			if p.Comm == "sleep" {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if p.Comm != "sleep" {
			testenv.Missing(t, "unshare may not make namespaces here")
		}
		ctx := context.Background()
		example := open(t, senet.Options{Policy: senet.Example}).Policy()
		s, err := senet.OpenPolicy(example, senet.Source{Installed: true}, senet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		own, err := s.Machine(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.MachineOf(ctx, subject.Subject{Process: &p})
		if err != nil {
			t.Fatal(err)
		}
		mine, its := own.Host.NetNS, m.Host.NetNS
		if mine == nil || its == nil || its.Inode != p.NetNS || mine.Inode == p.NetNS == c.elsewhere {
			t.Errorf("%v: namespace %v of process %d, own %v", c.flags, its, p.NetNS, mine)
		}
		if m.UserNamespace != c.userNamespace {
			t.Errorf("%v: user namespace %t", c.flags, m.UserNamespace)
		}
	}
}
