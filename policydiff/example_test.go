package policydiff_test

import (
	"context"
	"fmt"
	"log"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
)

// The effects of a boolean.
func ExampleCompare() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		log.Fatal(err)
	}
	before := policy.New(db)
	id, _ := before.Bool("haproxy_connect_any")
	after := before.WithBools(policy.BoolSetting{Bool: id, On: true})
	report, err := policydiff.Compare(context.Background(), before, after, host.Standard())
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range report.Ports {
		for _, d := range e.Gain {
			fmt.Println(d.Domain, "gains", d.Ports.Len(), "ports:", e.Protocol, e.Operation)
		}
	}
	// Output:
	// haproxy_t gains 65509 ports: tcp connect
	// haproxy_t gains 37281 ports: tcp bind
}
