package cli

import (
	"io"
	"time"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/terminal"
	"github.com/senet-selinux/senet/internal/words"
)

// semoduleForTest is the path of semodule that tests set; "" searches for it.
var semoduleForTest string

// showWork shows on a terminal what takes long, and returns a function that ends this.
func showWork(stderr io.Writer, what string) (stop func()) {
	start := time.Now()
	return terminal.ShowStatus(stderr, what+" ...", func() string {
		return words.Sprintf("%s ... %d s", what, int(time.Since(start).Seconds()))
	})
}

// showReading shows on a terminal how much of a log has been read, and returns a function that ends
// this.
func showReading(stderr io.Writer, in *incident.Source) (stop func()) {
	return terminal.ShowStatus(stderr, "", func() string {
		read, total := in.Progress()
		if total == 0 {
			return "reading " + say.Number(int(read>>20)) + " MB"
		}
		return words.Sprintf("reading %s of %s MB", say.Number(int(read>>20)), say.Number(int(total>>20)))
	})
}
