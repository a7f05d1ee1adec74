package modstore_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// The modules of a store, and one more of them in a transaction that is given up.
func Example() {
	root, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	if err := stores.Scratch(root); err != nil {
		log.Fatal(err)
	}
	base := filepath.Join(root, "var/lib/selinux/targeted/active/modules/100/base")
	if err := os.WriteFile(filepath.Join(base, "lang_ext"), []byte("cil"), 0o600); err != nil {
		log.Fatal(err)
	}
	records, err := semanage.Open(semanage.Options{Root: root})
	if err != nil {
		log.Fatal(err)
	}
	tx, err := records.Begin()
	if err != nil {
		log.Fatal(err)
	}
	defer tx.Close()
	modules, err := modstore.Open(records, modstore.Options{}).Begin(tx)
	if err != nil {
		log.Fatal(err)
	}
	source := []byte("(allow haproxy_t http_port_t (tcp_socket (name_connect)))")
	if err := modules.Install(modstore.Key{Name: "web", Priority: 400}, "cil", source); err != nil {
		log.Fatal(err)
	}
	for _, m := range modules.Modules() {
		fmt.Println(m.Priority, m.Name, m.Lang)
	}
	// Output:
	// 400 web cil
	// 100 base cil
}
