package allow_test

import (
	"fmt"

	"github.com/senet-selinux/senet/remedy/allow"
)

// Names that a module may have, and one that no compiler takes.
func ExampleWritable() {
	for _, name := range []string{"httpd_t", "self", "a;b"} {
		fmt.Println(name, allow.Writable(name))
	}
	// Output:
	// httpd_t true
	// self false
	// a;b false
}
