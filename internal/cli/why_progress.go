package cli

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

// readLog reads a log to its end and shows the progress on a terminal; binary says that
// there was a NUL byte, so that it is not text. known reports the names that the policy
// has: see [audit.FolderOptions].
func readLog(in *incident.Source, known func(*audit.Signature) bool, stderr io.Writer) (log *incident.Log,
	binary bool, err error) {
	src := &sniffer{r: in.Reader}
	stop := src.showProgress(in, stderr)
	log, err = incident.ReadInto(src, audit.Options{Location: time.Local, Now: time.Now(), Since: in.Since},
		audit.FolderOptions{Known: known})
	stop()
	return log, src.nul, err
}

// A sniffer counts bytes and detects bytes that are not text.
type sniffer struct {
	r   io.Reader
	n   atomic.Int64
	nul bool
}

func (s *sniffer) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if !s.nul && s.n.Load() < 64<<10 {
		s.nul = bytes.IndexByte(b[:n], 0) >= 0
	}
	s.n.Add(int64(n))
	return n, err
}

// showProgress shows the progress on a terminal, once a second, and returns a function
// that ends this.
func (s *sniffer) showProgress(in *incident.Source, stderr io.Writer) (stop func()) {
	terminal := words.File(stderr)
	if !isTerminal(stderr) {
		return func() {}
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-done:
				if shown {
					words.Status(terminal, "")
				}
				return
			case <-tick.C:
				text := say.Number(int(s.n.Load()>>20)) + " MB"
				if in.Files != nil {
					read, total := in.Files.Progress()
					text = words.Sprintf("%s of %s MB", say.Number(int(read>>20)), say.Number(int(total>>20)))
				}
				words.Status(terminal, "reading "+text)
				shown = true
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}
