package reach_test

import (
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

func TestMatrixQuick(t *testing.T) {
	db, err := policyfile.Open(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	start := time.Now()
	r := reach.New(access.NewDecider(p))
	for _, proto := range []network.Protocol{network.TCP, network.UDP, network.SCTP} {
		for _, op := range []network.Operation{network.Bind, network.Connect} {
			rows, err := r.Matrix(reach.Query{Protocol: proto, Operation: op, Host: host.Standard()})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, row := range rows {
				n += row.Access.Allowed.Len()
			}
			t.Log(proto, op, len(rows), n, time.Since(start))
		}
	}
}
