package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
)

// This machine: the test's own process and its listener are listed; where
// SELinux is off that is said, and nothing has a verdict.
func TestPS(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, text, stderr := runSenet(t, "ps", "--ports")
	if code != exitYes || !strings.Contains(text, "listen on tcp/"+l.Addr().String()) {
		t.Fatalf("exit %d, %q\n%s", code, stderr, text)
	}
	facts, err := host.Read(host.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if facts.SELinuxOff() != strings.Contains(text, "SELinux is off on this machine") {
		t.Errorf("SELinux off is %v:\n%s", facts.SELinuxOff(), text)
	}
	code, out, _ := runSenet(t, "ps", "--json")
	var answer doc.Processes
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != exitYes || answer.Schema != "senet.ps/1" {
		t.Fatalf("exit %d, %v", code, err)
	}
	found := false
	for _, p := range answer.Processes {
		if p.Kernel {
			t.Errorf("a kernel thread without -e: %+v", p)
		}
		if p.PID != os.Getpid() {
			continue
		}
		for _, s := range p.Sockets {
			if s.Local.String() == l.Addr().String() {
				found = s.Action == network.Listen && (s.Verdict == "") == (p.Context == "")
			}
		}
	}
	if !found {
		t.Errorf("the listener of process %d is not in the answer, or has a verdict without a context", os.Getpid())
	}
}

// The columns of ps -eZ.
func TestPSLabels(t *testing.T) {
	code, text, _ := runSenet(t, "ps", "-eZ")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if code != exitYes || strings.Join(strings.Fields(lines[0]), " ") != "LABEL PID TTY TIME CMD" {
		t.Fatalf("exit %d, %q", code, lines[0])
	}
	line := regexp.MustCompile(`^\S+ +\d+ \S+ +(\d+-)?\d\d:\d\d:\d\d .+$`)
	own := false
	for _, s := range lines[1:] {
		if !line.MatchString(s) {
			t.Errorf("line %q", s)
		}
		own = own || strings.Fields(s)[1] == fmt.Sprint(os.Getpid())
	}
	if !own {
		t.Error("this process is not listed")
	}
}

func TestPSErrors(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{"ps", "extra"}, exitUsage},
		{[]string{"ps", "--policy", "/no/such/file"}, exitUnreadable},
		{[]string{"ps", "--policy", "example", "--bool", "nonsense"}, exitUsage},
	} {
		if code, _, stderr := runSenet(t, tt.args...); code != tt.code || stderr == "" {
			t.Errorf("%q: exit %d, %q; want %d", tt.args, code, stderr, tt.code)
		}
	}
}
