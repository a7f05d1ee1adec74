package subject_test

import (
	"fmt"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

// The context of a service, from the type that it runs as.
func ExampleResolve() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	s, err := subject.Resolve(p, "haproxy_t")
	fmt.Println(p.FormatContext(s.Context), err)
	// Output:
	// system_u:system_r:haproxy_t:s0 <nil>
}
