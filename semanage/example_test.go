package semanage_test

import (
	"fmt"
	"os"

	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// A local record of a port, made and read.
func ExampleStore_Begin() {
	root, err := os.MkdirTemp("", "store")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	if err := stores.Scratch(root); err != nil { // "" is the running system
		panic(err)
	}
	s, err := semanage.Open(semanage.Options{Root: root})
	if err != nil {
		panic(err)
	}
	tx, err := s.Begin()
	if err != nil {
		panic(err)
	}
	defer tx.Close()
	port := semanage.Port{Protocol: semanage.TCP, Low: 5601, High: 5601, Context: semanage.Context{Type: "http_port_t"}}
	if err := tx.Add(port); err != nil {
		panic(err)
	}
	if _, err := tx.Commit(); err != nil {
		panic(err)
	}
	list, err := s.Local(semanage.Ports)
	fmt.Println(list, err)
	// Output:
	// [portcon tcp 5601 system_u:object_r:http_port_t:s0] <nil>
}
