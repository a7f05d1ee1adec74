package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// TestFixUnknown: senet fix answers like senet can where no fix is looked for: that it depends,
// and that the other end is refused.
func TestFixUnknown(t *testing.T) {
	facts := labelling()["static"]
	facts.NetLabel.Static = []host.StaticLabel{{Interface: "eth0", Addresses: "10.0.0.0/8",
		Context: "system_u:system_r:haproxy_t:s0"}}
	file := filepath.Join(t.TempDir(), "static.json")
	text, err := json.Marshal(map[string]any{"schema": "senet.facts/1", "facts": facts})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		head string
		lack string
	}{
		{"it depends on the address of a client", []string{"httpd_t", "listen", "tcp/80", "--policy", "example",
			"--host", file}, exitDepends, "?     it depends whether httpd_t may listen", "YES"},
		{"the other end is refused", []string{"httpd_t", "listen", "tcp/80", "--policy", "example", "--peer",
			"sshd_t"}, exitNo, "peer  NO    sshd_t may not connect", "nothing to fix"},
		{"both ends may", []string{"httpd_t", "listen", "tcp/80", "--policy", "example", "--peer", "haproxy_t"},
			exitYes, "YES   httpd_t may listen", "peer"},
	} {
		for _, more := range [][]string{nil, {"--plan", "1"}} {
			args := append(c.args[:len(c.args):len(c.args)], more...)
			can, _, _ := runSenet(t, append([]string{"can"}, c.args...)...)
			code, out, stderr := runSenet(t, append([]string{"fix"}, args...)...)
			if code != c.code || can != c.code || !strings.Contains(out, c.head) || strings.Contains(out, c.lack) {
				t.Errorf("%s: exit %d, of can %d\n%s%s", c.name, code, can, out, stderr)
			}
		}
	}
}

// TestFixPackets: costs are counted in ports to connect to and bind. A rule on the
// label of packets opens sending to every port too, and so is never called safe.
func TestFixPackets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secmark.json")
	text, err := json.Marshal(map[string]any{"schema": "senet.facts/1", "facts": labelling()["secmark"]})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--policy", "example", "--host", file, "--packet", "ssh_port_t", "--json"}
	if code, out, _ := runSenet(t, append([]string{"ports", "haproxy_t", "send", "--protocol", "udp"},
		flags...)...); code != exitNo {
		t.Fatalf("haproxy_t may send: exit %d %s", code, out)
	}
	_, out, stderr := runSenet(t, append([]string{"fix", "haproxy_t", "send", "udp/53"}, flags...)...)
	var answer doc.Fixes
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err, stderr)
	}
	rules := 0
	for _, f := range answer.Fixes {
		if f.Kind != remedy.Rule || !f.Works {
			continue
		}
		rules++
		if f.Applicability == remedy.Safe {
			t.Errorf("%s is %s", f.Change, f.Applicability)
		}
		if len(f.Beyond) != 1 || f.Beyond[0].Layer != network.LayerPacket || f.Beyond[0].Type != "ssh_port_t" {
			t.Errorf("%s opens besides ports %v", f.Change, f.Beyond)
		}
	}
	if rules == 0 {
		t.Errorf("no rule: %s", out)
	}
	flags[len(flags)-1] = "--all"
	_, out, _ = runSenet(t, append([]string{"fix", "haproxy_t", "send", "udp/53"}, flags...)...)
	if !strings.Contains(out, "all packets labelled ssh_port_t") || strings.Contains(out, "no other port") {
		t.Errorf("a rule on packets: %s", out)
	}
}
