package modstore_test

import (
	"fmt"
	"log"
	"os"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// The modules of a store, and one more of them in a transaction that is given up.
func Example() {
	root, err := os.MkdirTemp("", "store")
	must(err)
	defer os.RemoveAll(root)
	must(stores.Scratch(root))
	records, err := semanage.Open(semanage.Options{Root: root})
	must(err)
	tx, err := records.Begin()
	must(err)
	defer tx.Close()
	modules, err := modstore.Open(records, modstore.Options{}).Begin(tx)
	must(err)
	source := []byte("(allow haproxy_t http_port_t (tcp_socket (name_connect)))")
	must(modules.Install(modstore.Key{Name: "web", Priority: 400}, "cil", source))
	for _, m := range modules.Modules() {
		fmt.Println(m.Priority, m.Name, m.Lang)
	}
	// Output:
	// 400 web cil
	// 100 base cil
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
