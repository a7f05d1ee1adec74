package audit

import (
	"cmp"
	"path"
	"time"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// A Format is the format of a record in the log.
type Format string

// The formats. Lines of different formats may be mixed in one input.
const (
	FormatAuditLog    Format = "audit.log"    // auditd's own, raw or enriched, with or without node=
	FormatAusearch    Format = "ausearch"     // interpreted: a date in place of seconds since 1970
	FormatJournal     Format = "journal"      // journalctl's text: audit[812]: AVC avc: ...
	FormatJournalJSON Format = "journal-json" // journalctl -o json
	FormatKernel      Format = "kernel"       // audit: type=1400 audit(...), from dmesg, the journal or syslog
	FormatSyslog      Format = "syslog"       // a record of auditd behind a syslog header
	FormatLaurel      Format = "laurel"       // LAUREL's JSON
	FormatBeats       Format = "beats"        // JSON of auditbeat and filebeat: auditd.data, auditd.log
	FormatPlain       Format = "plain"        // an AVC without type, time or serial number
	FormatAureport    Format = "aureport"     // a row of aureport --avc
	FormatSealert     Format = "sealert"      // setroubleshoot's text
	FormatStrace      Format = "strace"       // strace's output
	FormatProgram     Format = "program"      // a line of a program's own log
	FormatRule        Format = "rule"         // a rule of audit2allow
)

// An Event has everything that the audit system logged about one system call or one message, as far as it concerns
// SELinux: every record with the same time, serial number and node. An event always has an AVC, an error, a change,
// a report, a symptom or a rule; the other records explain it.
type Event struct {
	// Time is the time of the event, in UTC; zero if the log does not have it.
	Time time.Time
	// YearAssumed says that the log has no year for Time, and no date near it with a year. The year is then the
	// latest one in which the date is not in the future.
	YearAssumed bool
	// Serial is the serial number. With Time it identifies the event on its node; 0 if the log has none.
	Serial uint64
	// Node is the host, if the log names it.
	Node string
	// Container is the container that wrote the line; nil if the log does not name one. A program in a container
	// does not run in the domain that it has on the host.
	Container *Container
	Format    Format
	// Line is the number, from 1, of the first line of the event in the input.
	Line int64

	AVCs    []AVC
	Errors  []SELinuxError
	Changes []Change
	Report  *Report
	Symptom *Symptom
	Rule    *Rule

	Syscall   *Syscall
	Sockaddr  *Sockaddr
	Proctitle string
	CWD       string
	Paths     []FilePath
	// Argv are the arguments of an execve.
	Argv []string
}

// A Container is the container that wrote a line: its name, and the format of the line.
type Container = head.Container

// Comm returns the command name of the process: that of the AVC, or else of
// the system call.
func (e *Event) Comm() string {
	for i := range e.AVCs {
		if e.AVCs[i].Comm != "" {
			return e.AVCs[i].Comm
		}
	}
	if e.Syscall != nil {
		return e.Syscall.Comm
	}
	return ""
}

// Exe returns the path of the program: that of the system call, or else of
// the AVC.
func (e *Event) Exe() string {
	if e.Syscall != nil && e.Syscall.Exe != "" {
		return e.Syscall.Exe
	}
	for i := range e.AVCs {
		if e.AVCs[i].Exe != "" {
			return e.AVCs[i].Exe
		}
	}
	return ""
}

// command returns the name of the process in a message. Kernels before 2.6.12 log only the path of its program.
func (e *Event) command(a *AVC) string {
	name := cmp.Or(a.Comm, e.Comm())
	if name == "" && !a.User && e.Exe() != "" {
		name = path.Base(e.Exe())
	}
	return name
}

// notable reports whether the event concerns SELinux.
func (e *Event) notable() bool {
	return len(e.AVCs) > 0 || len(e.Errors) > 0 || len(e.Changes) > 0 || e.Report != nil || e.Symptom != nil ||
		e.Rule != nil
}
