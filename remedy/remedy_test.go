package remedy_test

import (
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

func TestQuick(t *testing.T) {
	for _, c := range [][2]string{{testenv.Policy(t, "default"), "httpd_t"}, {"../examples/example.policy", "haproxy_t"}} {
		db, err := policyfile.Open(c[0])
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		p := policy.New(db)
		s, err := subject.Resolve(p, c[1])
		if err != nil {
			t.Fatal(err)
		}
		r, err := remedy.Find(access.NewDecider(p), remedy.Problem{Name: c[1], Question: network.Question{
			Subject: s.Context, Operation: network.Connect, Protocol: network.TCP, Port: 5601, Host: host.Standard()}})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(start))
		for i, f := range r.Fixes {
			t.Log(i, f.Kind, f.Type, f.Works, f.Applicability, "gain", len(f.Gain.Connect), len(f.Gain.Bind), "lose", len(f.Lose.Connect), len(f.Lose.Bind), "ports", f.SubjectConnect.Len(), f.SubjectBind.Len())
			if f.Kind == remedy.OwnType {
				t.Log("\n" + cil.Format(f.Module))
			}
		}
	}
}
