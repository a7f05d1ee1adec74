package policy

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestNameIndex: the first questions walk over the symbols and later ones look into a table: both find the first
// symbol with a name, none for others, also when they are asked at the same time.
func TestNameIndex(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 1000} {
		items := make([]policydb.Type, n, n+1)
		for i := range items {
			items[i] = policydb.Type{Name: fmt.Sprintf("type%d_t", i), Value: uint32(i + 1)}
		}
		if n > 0 {
			items = append(items, policydb.Type{Name: "type0_t", Value: 9999}) // hostile: a name twice
		}
		walk := func(name string) int {
			return slices.IndexFunc(items, func(typ policydb.Type) bool { return typ.Name == name })
		}
		var x nameIndex
		var all sync.WaitGroup
		for range 4 {
			all.Add(1)
			go func() {
				defer all.Done()
				for i := -3; i < n+3; i++ {
					name := fmt.Sprintf("type%d_t", i)
					want, got := walk(name), x.find(items, name)
					if (got == nil) != (want < 0) || got != nil && got != &items[want] {
						t.Errorf("%d symbols: %s is %v, want number %d", n, name, got, want)
					}
				}
			}()
		}
		all.Wait()
		if x.find(items, "") != nil {
			t.Errorf("%d symbols: the empty name is one", n)
		}
	}
}
