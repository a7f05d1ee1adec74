package policytest_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/policytest"
)

// A policy is held against two expectations.
func Example() {
	f, err := policytest.Read("expectations", strings.NewReader(`
tests:
  - {may: haproxy_t connect tcp/443}
  - {may_not: haproxy_t connect tcp/443}
`))
	if err != nil {
		log.Fatal(err)
	}
	ctx, options := context.Background(), senet.Options{Policy: senet.Example}
	s, err := senet.Open(ctx, options)
	if err != nil {
		log.Fatal(err)
	}
	list, err := policytest.Run(ctx, f, s, options)
	if err != nil {
		log.Fatal(err)
	}
	for i := range list {
		fmt.Println(list[i].Test.Name, list[i].Passed())
	}
	// Output:
	// may haproxy_t connect tcp/443 true
	// may_not haproxy_t connect tcp/443 false
}
