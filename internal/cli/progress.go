package cli

import (
	"io"
	"sync"
	"time"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

// semoduleForTest is the path of semodule that tests set; "" searches for it.
var semoduleForTest string

// showWork shows on a terminal what takes long, and returns a function that ends this.
func showWork(stderr io.Writer, what string) (stop func()) {
	start := time.Now()
	return showStatus(stderr, what+" ...", func() string {
		return words.Sprintf("%s ... %d s", what, int(time.Since(start).Seconds()))
	})
}

// showReading shows on a terminal how much of a log has been read, and returns a function that ends
// this.
func showReading(stderr io.Writer, in *incident.Source) (stop func()) {
	return showStatus(stderr, "", func() string {
		read, total := in.Progress()
		if total == 0 {
			return "reading " + say.Number(int(read>>20)) + " MB"
		}
		return words.Sprintf("reading %s of %s MB", say.Number(int(read>>20)), say.Number(int(total>>20)))
	})
}

// showStatus shows a text on a terminal, at once if there is a first one, and a new text every
// second. It returns a function that ends this.
func showStatus(stderr io.Writer, first string, text func() string) (stop func()) {
	terminal := words.File(stderr)
	if !isTerminal(stderr) {
		return func() {}
	}
	if first != "" {
		words.Status(terminal, first)
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
					words.Status(terminal, "")
				}
				return
			case <-tick.C:
				words.Status(terminal, text())
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}
