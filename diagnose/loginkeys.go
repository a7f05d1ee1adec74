package diagnose

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// lookForKeys notes that sshd is on the way to the keys of who logs in, as it searches a directory that is a home: it
// does not do without, although no program complains.
func lookForKeys(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if a.TClass != "dir" || !only(a, "search") || !strings.HasPrefix(a.Comm, "sshd") ||
		!strings.HasPrefix(source, "sshd") || a.Dev == "proc" || a.Dev == "sysfs" || target == source {
		return
	}
	toKeys := slices.ContainsFunc(e.Paths, func(p audit.FilePath) bool { return strings.Contains(p.Name, "/.ssh/") })
	if !toKeys && (len(e.Paths) > 0 || slices.Contains(places(), target) || strings.HasPrefix(target, "etc")) {
		return
	}
	d.Optional, d.control = false, true
	as := "as a rule "
	if toKeys {
		as = ""
	}
	d.note(NoteMeaning, "sshd is "+as+"on the way to the keys of who logs in (.ssh/authorized_keys in the home): "+
		"where it is refused no key is accepted, and sshd asks for the password")
}
