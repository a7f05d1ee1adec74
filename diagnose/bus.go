package diagnose

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// ofBus reports whether a record is about a message on D-Bus.
func ofBus(a *audit.AVC) bool { return a.TClass == "dbus" && a.Has("send_msg") }

// busEnd says whether an end of a message that runs as init_t is systemd itself.
type busEnd int

const (
	busOther  busEnd = iota // a process with another id or name, or the owner of another name on the bus
	busLikely               // nothing tells, and systemd is on the bus of every system
	busPID1                 // its process id, its command or its name on the bus is that of systemd
)

// systemdOnBus tells who the end of a message is that runs as init_t. The bus writes the process ids of both ends as
// spid and tpid (dbus-daemon), or none (dbus-broker); dest is the name that the sender wrote to.
func systemdOnBus(a *audit.AVC, source bool) busEnd {
	pid, name := field(a, "tpid"), strings.Trim(field(a, "dest"), `"`)
	if source {
		pid, name = field(a, "spid"), ""
	}
	switch {
	case pid == "1", name == "org.freedesktop.systemd1":
		return busPID1
	case pid != "":
		return busOther
	case source && IsReply(a):
	case source && field(a, "msgtype") == "method_call" && wellKnown(strings.Trim(field(a, "dest"), `"`)),
		!source && wellKnown(name):
		return busOther
	}
	if _, bracket := startedBy(a.Comm); source && !bracket && a.Comm != "" && a.Comm != "systemd" &&
		!strings.HasPrefix(a.Comm, "dbus") {
		return busOther
	}
	return busLikely
}

// wellKnown reports whether a name on the bus is that of a service other than systemd and what it asks itself.
func wellKnown(name string) bool {
	switch name {
	case "", "org.freedesktop.systemd1", "org.freedesktop.DBus", "org.freedesktop.PolicyKit1":
		return false
	}
	return !strings.HasPrefix(name, ":") && strings.Contains(name, ".")
}

// IsReply reports whether a record is about a message on D-Bus that answers a call.
func IsReply(a *audit.AVC) bool {
	typ := field(a, "msgtype")
	return typ == "method_return" || typ == "error"
}

// busOfSystemd notes a message from or to systemd itself: it is no daemon whose program lacks a label. It reports
// whether the record is about one.
func busOfSystemd(d *Diagnosis, a *audit.AVC) bool {
	from, to := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	source, other := from == "init_t", to
	if !source {
		other = from
	}
	if !ofBus(a) || !source && to != "init_t" || other == "init_t" {
		return false
	}
	end := systemdOnBus(a, source)
	if end == busOther {
		return false
	}
	who := "systemd itself (PID 1)"
	if end == busLikely {
		who = "most likely systemd itself (PID 1)"
	}
	switch typ := field(a, "msgtype"); {
	case source && IsReply(a):
		d.note(NoteDaemon, fmt.Sprintf("init_t is %s here, which answers a call of %s, as systemctl in a script makes "+
			"one: without the answer the caller waits until it times out (as a rule 25 seconds)", who, other))
	case source && typ == "signal":
		d.note(NoteDaemon, fmt.Sprintf("init_t is %s here, which tells %s of a change of a unit or job: systemctl, "+
			"for one, waits for that", who, other))
	case source:
		d.note(NoteDaemon, fmt.Sprintf("init_t is %s here, as where it answers systemctl", who))
	case IsReply(a):
		d.note(NoteDaemon, fmt.Sprintf("init_t is %s here, which %s answers", who, other))
	case typ != "signal":
		d.note(NoteDaemon, fmt.Sprintf("init_t is %s here, which %s asks about units, as systemctl does", who, other))
	}
	return true
}
