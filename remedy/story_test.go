package remedy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// TestStory: haproxy_t to tcp/5601, of the question that senet is for, on every
// policy that has haproxy_t and refuses it: the first fix is a type of its own
// that costs nobody anything, and what the forum says is in the list, with whom
// it gives the port to and takes it from.
func TestStory(t *testing.T) {
	asked := 0
	for _, path := range files(t) {
		p := testpolicy.Open(t, path)
		if _, ok := p.Type("haproxy_t"); !ok {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, r := find(t, p, problem(t, p, "haproxy_t", network.Connect, network.TCP, 5601), "")
			if r.Answer.Verdict != network.Denied {
				t.Skip("haproxy_t may connect to tcp/5601 here")
			}
			asked++
			first := &r.Fixes[0]
			if first.Kind != remedy.OwnType || first.Applicability != remedy.Safe ||
				first.Gain.Domains()+first.Lose.Domains() > 0 ||
				first.SubjectConnect.Len() != 1 || first.SubjectBind.Len() > 0 {
				t.Errorf("first %s %s, %s: unsure of %v; gains %d, loses %d", first.Kind, first.Type,
					first.Applicability, first.Unsure, first.Gain.Domains(), first.Lose.Domains())
			}
			forum := false
			for i := range r.Fixes {
				f := &r.Fixes[i]
				t.Logf("%s %s%v: works %v, %s: +%d connect, +%d bind; %d gain, %d lose", f.Kind, f.Type, f.Bools,
					f.Works, f.Applicability, f.SubjectConnect.Len(), f.SubjectBind.Len(), f.Gain.Domains(),
					f.Lose.Domains())
				if f.Kind == remedy.Label && f.Type == "http_port_t" {
					forum = true
					if f.Gain.Domains() == 0 || f.Lose.Domains() == 0 {
						t.Error("it costs nobody anything")
					}
				}
			}
			if !forum {
				t.Error("no http_port_t")
			}
		})
	}
	if asked == 0 {
		t.Error("no policy has haproxy_t")
	}
}

// TestElsewhere: what else may refuse, where SELinux does not.
func TestElsewhere(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	for _, tt := range []struct {
		op    network.Operation
		proto network.Protocol
		port  uint16
		codes string
	}{
		{network.Bind, network.TCP, 80, "SN-E-CAPABILITY SN-E-ADDRESS-IN-USE SN-E-SOCKET-BIND SN-E-OTHER-MODULE"},
		{network.Listen, network.TCP, 8080, "SN-E-ADDRESS-IN-USE SN-E-SOCKET-BIND SN-E-OTHER-MODULE"},
		{network.Bind, network.TCP, 0, "SN-E-SOCKET-BIND SN-E-OTHER-MODULE"},
		{network.Connect, network.TCP, 80,
			"SN-E-NO-LISTENER SN-E-PACKET-FILTER SN-E-NO-ROUTE SN-E-LOCAL-FILTER SN-E-OTHER-MODULE"},
		{network.Send, network.UDP, 53, "SN-E-NO-ROUTE SN-E-LOCAL-FILTER SN-E-BROADCAST SN-E-OTHER-MODULE"},
		{network.Connect, network.UnixStream, 0, ""},
	} {
		q := problem(t, p, "zabbix_agent_t", tt.op, tt.proto, tt.port).Question // a permissive domain
		var codes []string
		for _, c := range remedy.Elsewhere(q) {
			codes = append(codes, c.Code)
			if c.Text == "" {
				t.Errorf("%s has no text", c.Code)
			}
		}
		if got := strings.Join(codes, " "); got != tt.codes {
			t.Errorf("%s %s/%d: %s, want %s", tt.op, tt.proto, tt.port, got, tt.codes)
		}
	}
	// Of a host where ports from 80 on are for everybody.
	pr := problem(t, p, "haproxy_t", network.Bind, network.TCP, 80)
	pr.Host = host.Standard()
	pr.Host.UnprivilegedPortStart = 80
	if _, r := find(t, p, pr, ""); r.Answer.Verdict != network.Allowed || r.Elsewhere[0].Code != "SN-E-ADDRESS-IN-USE" {
		t.Errorf("%s: %v", r.Answer.Verdict, r.Elsewhere)
	}
	// Where SELinux refuses, that is the cause.
	if _, r := find(t, p, problem(t, p, "haproxy_t", network.Connect, network.TCP, 5601), ""); len(r.Elsewhere) > 0 {
		t.Errorf("%v", r.Elsewhere)
	}
}

// TestPermissive: it is the last of what works, whatever it costs.
func TestPermissive(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	fixes, r := find(t, p, problem(t, p, "haproxy_t", network.Connect, network.TCP, 5601), remedy.Permissive)
	if len(fixes) != 1 {
		t.Fatalf("%d", len(fixes))
	}
	f := fixes[0]
	if f.Applicability != remedy.Never || f.ModuleName != "permissive_haproxy_t" || len(f.Module) != 1 ||
		f.SubjectConnect.Len() < 60000 || f.SubjectBind.Len() < 30000 {
		t.Errorf("%+v", f)
	}
	for i := range r.Fixes {
		if g := &r.Fixes[i]; g != f && g.Works && i > slicesIndex(r.Fixes, f) {
			t.Errorf("%s comes after it", g.Kind)
		}
	}
	// A format without permissive types.
	db := p.DB().Clone()
	db.Version = 22
	old := policy.New(db)
	if fixes, _ := find(t, old, problem(t, old, "haproxy_t", network.Connect, network.TCP, 5601),
		remedy.Permissive); len(fixes) > 0 {
		t.Error("version 22 has no permissive types")
	}
}

func slicesIndex(list []remedy.Fix, f *remedy.Fix) int {
	for i := range list {
		if &list[i] == f {
			return i
		}
	}
	return -1
}
