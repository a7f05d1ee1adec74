package portset_test

import (
	"fmt"

	"github.com/senet-selinux/senet/portset"
)

// What one set has that another lacks.
func ExampleSet_Minus() {
	all := portset.Of(portset.Range{Low: 8000, High: 8100}, portset.Range{Low: 8080, High: 8200})
	rest := all.Minus(portset.Of(portset.Range{Low: 8090, High: 8090}))
	fmt.Println(all, rest, rest.Len())
	// Output:
	// [8000-8200] [8000-8089 8091-8200] 200
}
