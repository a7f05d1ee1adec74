package policy_test

import (
	"fmt"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// How a port is labelled, and what a boolean would change.
func ExampleNew() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	label := p.PortLabel(6, 80)
	fmt.Println(p.FormatContext(label.Context))
	id, _ := p.Bool("httpd_can_network_connect")
	other := p.WithBools(policy.BoolSetting{Bool: id, On: true})
	fmt.Println(p.BoolState(id), other.BoolState(id))
	// Output:
	// system_u:object_r:http_port_t:s0
	// false true
}
