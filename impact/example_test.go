package impact_test

import (
	"context"
	"fmt"
	"log"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Whom does a boolean concern? The policy is compared with itself under the other
// value.
func Example() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		log.Fatal(err)
	}
	before := policy.New(db)
	id, _ := before.Bool("httpd_can_network_connect")
	after := before.WithBools(policy.BoolSetting{Bool: id, On: true})
	effects, err := impact.New(before, after, host.Standard()).All(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range effects {
		for _, d := range e.Gain {
			fmt.Println(d.Domain, e.Operation, e.Protocol, d.Ports.Len(), "ports")
		}
	}
	// Output:
	// httpd_sys_script_t connect tcp 65533 ports
	// httpd_t connect tcp 65533 ports
}
