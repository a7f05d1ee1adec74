package cli

import (
	"io"
	"sync"
	"time"

	"github.com/senet-selinux/senet/internal/words"
)

// semoduleForTest is the path of semodule that tests set; "" searches for it.
var semoduleForTest string

// showWork shows on a terminal what takes long, and returns a function that ends this.
func showWork(stderr io.Writer, what string) (stop func()) {
	terminal := words.File(stderr)
	if !isTerminal(stderr) {
		return func() {}
	}
	start := time.Now()
	words.Status(terminal, what+" ...")
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				words.Status(terminal, "")
				return
			case <-tick.C:
				words.Status(terminal, words.Sprintf("%s ... %d s", what, int(time.Since(start).Seconds())))
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}
