package form_test

import (
	"fmt"

	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

// A fix as people deploy it.
func ExampleForms() {
	fix := &remedy.Fix{Kind: remedy.Boolean}
	target := form.Target{Protocol: "tcp", Port: 5601, Bools: []form.Setting{{Name: "haproxy_connect_any", On: true}}}
	for _, f := range form.Forms(fix, target)[:1] {
		fmt.Printf("%s: %s", f.Name, f.Text)
	}
	// Output:
	// semanage: setsebool -P haproxy_connect_any=1
	// # until the next boot only: setsebool haproxy_connect_any=1
}
