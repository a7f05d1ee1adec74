package access_test

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// One permission, with the rule that grants it.
func ExampleDecider_Check() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	source, _ := p.ParseContext("system_u:system_r:httpd_t:s0")
	target, _ := p.ParseContext("system_u:object_r:http_port_t:s0")
	check := access.NewDecider(p).Check(source, target, "tcp_socket", "name_bind")
	for _, perm := range check.Perms {
		fmt.Println(perm.Name, perm.Allowed, perm.Reason.Code, len(perm.Reason.Rules), "rule")
	}
	// Output:
	// name_bind true SN-GRANTED 1 rule
}
