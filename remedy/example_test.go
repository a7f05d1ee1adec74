package remedy_test

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
)

// Every change that lets a refused operation succeed, with what it costs.
func ExampleFind() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	haproxy, _ := p.ParseContext("system_u:system_r:haproxy_t:s0")
	problem := remedy.Problem{Name: "haproxy_t", Question: network.Question{
		Subject: haproxy, Operation: network.Connect, Protocol: network.TCP, Port: 5601,
		Machine: network.Machine{Host: host.Standard()},
	}}
	found, err := remedy.Find(access.NewDecider(p), problem)
	if err != nil {
		panic(err)
	}
	for _, f := range found.Fixes[:3] {
		fmt.Println(f.Kind, f.Works, f.Gain.Domains(), "domains gain,", f.Lose.Domains(), "lose")
	}
	// Output:
	// own-type true 0 domains gain, 0 lose
	// boolean true 0 domains gain, 0 lose
	// rule true 0 domains gain, 0 lose
}
