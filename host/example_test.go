package host_test

import (
	"fmt"

	"github.com/senet-selinux/senet/host"
)

// The facts of a host as it is installed.
func ExampleStandard() {
	facts := host.Standard()
	fmt.Println(facts.LocalPorts.Low, facts.LocalPorts.High, facts.Enforcing, facts.Assumed)
	// Output:
	// 32768 60999 true true
}
