package reach_test

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// The exact set of ports that a domain may connect to.
func ExampleReacher_Ports() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	haproxy, _ := p.ParseContext("system_u:system_r:haproxy_t:s0")
	a, err := reach.New(access.NewDecider(p)).Ports(haproxy, reach.Query{
		Protocol: network.TCP, Operation: network.Connect, Machine: network.Machine{Host: host.Standard()},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(a.Allowed)
	// Output:
	// [53 80-81 389 443 488 636 5000-5001 5003 8008-8009 8080 8118 8123 8443 9000 10001-10010]
}
