package terminal

import (
	"io"
	"sync"
	"time"

	"github.com/senet-selinux/senet/internal/words"
)

// ShowStatus shows a text on a terminal, at once if there is a first one, and a new text every
// second. It returns a function that ends this.
func ShowStatus(stderr io.Writer, first string, text func() string) (stop func()) {
	file := words.File(stderr)
	if !Is(stderr) {
		return func() {}
	}
	if first != "" {
		words.Status(file, first)
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for shown := first != ""; ; shown = true {
			select {
			case <-done:
				if shown {
					words.Status(file, "")
				}
				return
			case <-tick.C:
				words.Status(file, text())
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}
