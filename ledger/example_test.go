package ledger_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/ledger"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// What a store has that its distribution does not, and the change that made it so.
func Example() {
	root, err := os.MkdirTemp("", "store")
	must(err)
	defer os.RemoveAll(root)
	must(stores.Scratch(root)) // "/" has the system's own
	ctx := context.Background()
	store, err := change.Open(change.Options{Root: root})
	must(err)
	label := semanage.Port{Protocol: semanage.TCP, Low: 5601, High: 5601,
		Context: semanage.Context{Type: "http_port_t"}}
	edit := change.Change{Records: []semanage.Difference{change.Set(label)}}
	_, err = store.Apply(ctx, -1, edit, change.About{Title: "kibana"})
	must(err)
	l, err := ledger.Read(ctx, store, ledger.Options{})
	must(err)
	for _, i := range l.Items {
		fmt.Println(i.Kind, i.Key, "is", i.Here, "instead of", i.Instead, "by change", i.By.ID, i.By.About.Title)
	}
	// Output:
	// port tcp/5601 is http_port_t instead of unreserved_port_t by change 2 kibana
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
