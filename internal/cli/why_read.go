package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
)

// A whyLog is what a log came to: equal events folded, everything counted.
type whyLog struct {
	folder  *audit.Folder
	errors  []errorGroup
	changes map[string]int64
	// changed is the last time that the policy was loaded or a boolean set, as far
	// as the log tells.
	changed time.Time
	stats   audit.Stats
	// vague counts the reports of setroubleshoot that do not say enough, others
	// the SELINUX_ERR records of more kinds than are kept apart.
	vague, others int64
	nul           bool // there was a NUL byte: it is no text
}

// An errorGroup is equal SELINUX_ERR records.
type errorGroup struct {
	example     *audit.Event
	index       int
	count       int64
	first, last time.Time
}

// maxErrors bounds the groups of SELINUX_ERR records that are kept.
const maxErrors = 1024

// readLog reads a log to its end.
func readLog(in *whyInput, stderr io.Writer) (*whyLog, error) {
	src := &sniffer{r: in.r}
	defer src.showProgress(in, stderr)()
	log := &whyLog{folder: audit.NewFolder(0), changes: make(map[string]int64)}
	reader := audit.NewReader(src, audit.Options{Location: time.Local, Now: time.Now(), Since: in.since})
	groups := make(map[[6]string]int)
	for e, err := range reader.Fold(log.folder) {
		if err != nil {
			log.stats = reader.Stats()
			return log, err
		}
		if e.Report != nil {
			if _, whole := e.Report.AVC(); !whole {
				log.addReport(e)
			}
		}
		for i := range e.Errors {
			log.addError(groups, e, i)
		}
		for i := range e.Changes {
			log.addChange(e, &e.Changes[i])
		}
	}
	log.stats, log.nul = reader.Stats(), src.nul
	slices.SortStableFunc(log.errors, func(a, b errorGroup) int { return cmp.Compare(b.count, a.count) })
	return log, nil
}

func (log *whyLog) addChange(e *audit.Event, c *audit.Change) {
	text := changeText(c)
	log.changes[text]++
	if (text == policyLoaded || c.Boolean != "") && e.Time.After(log.changed) {
		log.changed = e.Time
	}
}

// addReport takes a report of setroubleshoot that leaves out the contexts for a
// symptom, where it says enough for one.
func (log *whyLog) addReport(e *audit.Event) {
	if e = fromReport(e); e == nil {
		log.vague++
		return
	}
	log.folder.Add(e)
}

// A sniffer notices what is not text.
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

func (log *whyLog) addError(groups map[[6]string]int, e *audit.Event, i int) {
	x := &e.Errors[i]
	what := x.TClass + " " + strings.Join(x.Permissions, " ")
	if x.Op == audit.OpNetlinkMessage {
		what += netlinkText(x)
	}
	key := [6]string{x.Op, x.InvalidContext, audit.ContextType(x.SContext), audit.ContextType(x.TContext), what, x.OldContext + " " + x.NewContext + " " + audit.ContextType(x.TaskContext)}
	at, ok := groups[key]
	if !ok {
		if len(log.errors) == maxErrors {
			log.others++
			return
		}
		at = len(log.errors)
		groups[key] = at
		log.errors = append(log.errors, errorGroup{example: e, index: i, first: e.Time})
	}
	g := &log.errors[at]
	g.count++
	if e.Time.After(g.last) {
		g.last = e.Time
	}
	if !e.Time.IsZero() && (g.first.IsZero() || e.Time.Before(g.first)) {
		g.first = e.Time // rotated logs may come in any order
	}
}

const policyLoaded = "policy loaded"

// changeText says in a few words what a MAC_* record says.
func changeText(c *audit.Change) string {
	switch {
	case c.Boolean != "" && c.Value != nil:
		return fmt.Sprintf("boolean %s set to %s", c.Boolean, onOff(*c.Value == 1))
	case strings.HasSuffix(c.Type, "POLICY_LOAD") || c.Op == "policyload":
		return policyLoaded
	case (strings.HasSuffix(c.Type, "_STATUS") || c.Op == "setenforce") && c.Value != nil && *c.Value == 1:
		return "set to enforcing"
	case (strings.HasSuffix(c.Type, "_STATUS") || c.Op == "setenforce") && c.Value != nil:
		return "set to permissive"
	case changeField(c, "resrc") != "":
		return localChange(c)
	}
	return c.Type
}

// localChange says what semanage changed (USER_MAC_CONFIG_CHANGE).
func localChange(c *audit.Change) string {
	text := changeField(c, "resrc") + " " + c.Op
	if port := changeField(c, "lport"); port != "" {
		protocol := changeField(c, "proto")
		switch protocol {
		case "6":
			protocol = "tcp"
		case "17":
			protocol = "udp"
		}
		text += " " + strings.TrimPrefix(protocol+"/", "/") + port
	}
	if label := audit.ContextType(changeField(c, "tcontext")); label != "" {
		text += " " + label
	}
	if c.Success != nil && !*c.Success {
		text += ", which failed"
	}
	return "semanage: " + text
}

func changeField(c *audit.Change, key string) string {
	for _, f := range c.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// fromReport turns the text of setroubleshoot without the contexts into a
// symptom; nil where it does not say enough.
func fromReport(e *audit.Event) *audit.Event {
	r := e.Report
	out := *e
	out.Report, out.AVCs = nil, nil
	if len(r.Permissions) == 0 || r.Program == "" {
		return nil
	}
	s := audit.Symptom{Program: r.Program[strings.LastIndexByte(r.Program, '/')+1:], Protocol: strings.TrimSuffix(r.Class, "_socket"), Port: r.Port, Errno: "EACCES", Text: r.Text}
	switch r.Permissions[0] {
	case "name_connect", "connect":
		s.Operation = "connect"
	case "name_bind", "node_bind", "bind":
		s.Operation = "bind"
	case "listen", "accept":
		s.Operation = "listen"
	default:
		return nil
	}
	if _, known := network.SocketOf(network.Protocol(s.Protocol)); !known && r.Class != "" {
		return nil
	}
	out.Symptom = &s
	return &out
}

// empty fails where there was nothing to read, or nothing that was understood of
// what a person typed.
func (log *whyLog) empty(in *whyInput) error {
	st := &log.stats
	found := st.Events > 0 || st.MalformedCount() > 0 || st.Early > 0 || st.Lost > 0
	switch {
	case st.Bytes == 0:
		return unreadable(fmt.Errorf("%s: nothing to read", in.name), noInputHint)
	case !found && in.typed:
		return unreadable(fmt.Errorf("this is neither a file nor a denial, nor a \"Permission denied\" that senet knows"), noInputHint)
	case !found && log.nul:
		return unreadable(fmt.Errorf("%s: no text: %s without a denial", in.name, plural(int(st.Lines), "line")), noInputHint)
	}
	return nil
}

// showProgress says on a terminal how far a log is read, once a second, and
// returns what ends that.
func (s *sniffer) showProgress(in *whyInput, stderr io.Writer) (stop func()) {
	file, ok := stderr.(*os.File)
	if !ok {
		return func() {}
	}
	if st, err := file.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
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
					fmt.Fprint(file, "\r\x1b[K")
				}
				return
			case <-tick.C:
				text := number(int(s.n.Load()>>20)) + " MB"
				if in.files != nil {
					read, total := in.files.Progress()
					text = fmt.Sprintf("%s of %s MB", number(int(read>>20)), number(int(total>>20)))
				}
				fmt.Fprint(file, "\r\x1b[Kreading ", text)
				shown = true
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}
