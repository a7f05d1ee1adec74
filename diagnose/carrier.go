package diagnose

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// carrier returns the program that carries messages with descriptors of others (SCM_RIGHTS), "" if the record is not
// about such a descriptor. Who opens a file by its path, and who is started with it, did not get it in a message.
func carrier(a *audit.AVC, e *audit.Event) string {
	source := audit.ContextType(a.SContext)
	if source == audit.ContextType(a.TContext) || a.Has("open") || !descriptorOfOther(a) {
		return ""
	}
	if e.Syscall != nil && !strings.HasPrefix(e.Syscall.Name, "recv") {
		return ""
	}
	switch comm := a.Comm; {
	case comm == "dbus-broker", comm == "dbus-daemon", comm == "systemd-logind", comm == "sssd",
		comm == "systemd" && a.PID == 1:
		return comm
	case comm == "" && (source == "system_dbusd_t" || strings.HasSuffix(source, "_dbusd_t")):
		return "the bus"
	case comm == "" && a.PID == 1:
		return "systemd"
	}
	return ""
}

// descriptorOfOther reports whether the object can be a descriptor that a message has: a pipe, memory, a file that is
// open already, or the descriptor itself.
func descriptorOfOther(a *audit.AVC) bool {
	switch a.TClass {
	case "fd":
		return true
	case "fifo_file":
		return strings.HasPrefix(a.Path, "pipe:[")
	case "file":
		return strings.HasPrefix(a.Path, "/memfd:") || strings.HasPrefix(a.Path, "/tmp/") ||
			strings.HasPrefix(a.Path, "/var/tmp/") || strings.HasPrefix(a.Path, "/dev/shm/")
	}
	return false
}

// carried notes a descriptor that came in a message: without it the message fails, where a program that is started
// with one works all the same. It reports whether the record is about one.
func carried(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	who := carrier(a, e)
	if who == "" || d.Verdict == NowAllowed {
		return false
	}
	what, label := "the descriptor is one that %s opened", ""
	switch {
	case a.TClass == "fifo_file":
		what = "it is a pipe that %s made"
		label = "; a pipe has the label of its maker, and nothing is to be relabelled"
	case strings.HasPrefix(a.Path, "/memfd:"):
		what = "it is memory with the label %s (memfd_create)"
		label = "; it is no file on a disk, and nothing is to be relabelled"
	case a.TClass == "file":
		what = "it is a file that was open already, with the label %s"
	}
	d.passed = true
	d.note(NoteInherited, fmt.Sprintf(what+" and that %s got in a message (SCM_RIGHTS), to use it or to hand it on: "+
		"where it is refused the message fails as a rule, and so does what sent it; who gets it next may need the "+
		"same%s",
		audit.ContextType(a.TContext), who, label))
	return true
}
