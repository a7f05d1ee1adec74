package object_test

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy/object"
)

// A user may not write to the load balancer's socket, for it lost its label. The file
// contexts name the right one: to put it back comes before any rule.
func ExampleFind() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	user, _ := p.ParseContext("user_u:user_r:user_t:s0")
	socket, _ := p.ParseContext("system_u:object_r:var_run_t:s0")
	found := object.Find(access.NewDecider(p), object.Problem{
		Source: user, Target: socket, Class: "sock_file", Perms: []string{"write"}, Path: "/run/haproxy.sock",
		Files: files{"/run/haproxy.sock", "system_u:object_r:haproxy_var_run_t:s0"},
	})
	for _, f := range found.Fixes {
		fmt.Println(f.Name(p), "works:", f.Works, f.Applicability)
	}
	// Output:
	// restore works: true safe
	// rule works: true never
}
