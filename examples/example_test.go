package examples_test

import (
	"fmt"
	"log"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// The example policy is opened as every other.
func ExamplePolicy() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		log.Fatal(err)
	}
	p := policy.New(db)
	fmt.Println(p.TypeName(policy.TypeID(p.PortLabel(6, 443).Context.Type)))
	// Output:
	// http_port_t
}
