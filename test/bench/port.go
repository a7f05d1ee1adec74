package main

import (
	"fmt"
	"os"
	"time"

	"github.com/senet-selinux/senet/test/stores"
)

// benchPort times the whole process that adds a port to a copy of Debian's store,
// and only to the store, semanage and senet in turn.
func benchPort(senet string) error {
	root, err := os.MkdirTemp("", "senet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	if err := stores.CopyTo(root, "default"); err != nil {
		fmt.Printf("\nsenet port: %v\n", err)
		return nil
	}
	fmt.Printf("\nA port added to a copy of Debian's store, %d paired runs of whole processes, by the minima.\n\n",
		pairs)
	fmt.Printf("%-52s %10s %10s %8s %9s\n", "command", "semanage", "senet ms", "ratio", "RSS MiB")
	peer, own := measured{time: time.Hour}, measured{time: time.Hour}
	for i := range pairs {
		name, args := stores.SemanageCommand(root, "port", "-a", "-N", "-t", "http_port_t", "-p", "tcp",
			fmt.Sprint(61100+i))
		p, err := measure(name, args)
		if err != nil {
			return err
		}
		o, err := measure(senet, []string{"port", "add", "-N", "--yes", "--root", root, "-t", "http_port_t", "-p",
			"tcp", fmt.Sprint(61200 + i)})
		if err != nil {
			return err
		}
		peer, own = peer.best(p), own.best(o)
	}
	fmt.Printf("%-52s %10.1f %10.2f %7.1fx %9.1f\n", "port add -N -t http_port_t -p tcp PORT", ms(peer.time),
		ms(own.time), float64(peer.time)/float64(own.time), float64(own.rss)/1024)
	return nil
}
