package change_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// A port gets another label, the new policy is asked, and the change is taken back by
// its number.
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
	done, err := store.Apply(ctx, -1, change.Change{Records: []semanage.Difference{change.Set(label)}},
		change.About{Title: "kibana"})
	must(err)
	p := policy.New(done.Policy)
	fmt.Println("transaction", done.Entry.ID, "tcp/5601", p.TypeName(policy.TypeID(p.PortLabel(6, 5601).Context.Type)))
	back, err := store.Undo(ctx, done.Entry.ID)
	must(err)
	p = policy.New(back.Policy)
	fmt.Println("transaction", back.Entry.ID, "tcp/5601", p.TypeName(policy.TypeID(p.PortLabel(6, 5601).Context.Type)))
	// Output:
	// transaction 2 tcp/5601 http_port_t
	// transaction 3 tcp/5601 unreserved_port_t
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
