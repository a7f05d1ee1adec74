package policydb_test

import (
	"bytes"
	"fmt"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policydb"
)

// What is decoded is encoded as it was, byte for byte.
func ExampleDecode() {
	image := []byte(examples.Policy())
	p, err := policydb.Decode(image)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Version, p.MLS(), bytes.Equal(p.Encode(), image))
	// Output:
	// 33 true true
}
