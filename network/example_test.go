package network_test

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Every check that the kernel makes for one operation.
func ExampleAsk() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	haproxy, _ := p.ParseContext("system_u:system_r:haproxy_t:s0")
	answer, err := network.Ask(access.NewDecider(p), network.Question{
		Subject: haproxy, Operation: network.Bind, Protocol: network.TCP, Port: 80,
		Machine: network.Machine{Host: host.Standard()},
	})
	if err != nil {
		panic(err)
	}
	for _, g := range network.Groups(answer.Layers) {
		if g.Consulted {
			fmt.Println(g.Layer, g.Class, g.Names)
		}
	}
	fmt.Println(answer.Verdict)
	// Output:
	// socket tcp_socket [create bind]
	// port tcp_socket [name_bind]
	// node tcp_socket [node_bind]
	// capability capability [net_bind_service]
	// allowed
}
