package query_test

import (
	"fmt"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// The rules of one source on a class.
func ExampleTERules() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	p := policy.New(db)
	q := query.TERuleQuery{
		Kinds: policy.Allow, Source: query.TypeMatch{Match: query.Match{Text: "sshd_t"}, Direct: true},
		Classes: query.ClassMatch{Names: []string{"tcp_socket"}},
	}
	rules, err := query.TERules(p, q)
	if err != nil {
		panic(err)
	}
	n := 0
	for range rules {
		n++
	}
	fmt.Println(n > 0)
	// Output:
	// true
}
