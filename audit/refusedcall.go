package audit

import (
	"bytes"
	"strconv"

	"github.com/senet-selinux/senet/audit/internal/complaint"
)

// lonelyCall keeps the first system call of a pasted text that was refused, by its SYSCALL record, and that has no
// record of SELinux beside it: people leave that out, or it is hidden. It is yielded at the end if the input has no
// denial.
func (r *Reader) lonelyCall(o *openEvent) {
	if r.call != nil || r.options.NoSymptoms || !pasted(o.line) || len(o.records) == 0 ||
		o.records[0].typ != typeSyscall || !bytes.Contains(o.text, []byte("success=no")) {
		return
	}
	e := r.build(o)
	c := e.Syscall
	if c == nil || c.Success == nil || *c.Success || c.Errno != "EACCES" && c.Errno != "EPERM" ||
		ContextType(c.Subj) == "" {
		return
	}
	name := c.Name
	if name == "" {
		name = "system call " + strconv.Itoa(c.Number)
	}
	e.Symptom = &complaint.Symptom{Program: c.Comm, PID: c.PID, Call: name, Domain: ContextType(c.Subj), Errno: c.Errno,
		Text: string(bytes.TrimSpace(o.text))}
	r.call = e
}

// noRecord reports whether a line of a text of people says that the audit log has nothing.
func noRecord(line []byte) bool {
	for _, words := range [...]string{"<no matches>", "not in the audit log", "not in audit log",
		"othing in the audit log", "othing in audit", "o AVC", "o avc", "ausearch shows nothing",
		"ausearch finds nothing", "ausearch returns nothing",
		"o denials in", "o denial in", "not logged in journalctl", "not logged in the", "othing is logged",
		"othing logged",
		"othing in the audit.log", "othing in audit.log", "othing in /var/log/audit", "othing in ausearch",
		"othing shows up in audit", "othing shows up in the audit", "othing appears in the audit", "audit.log is empty",
		"audit log is empty", "audit log shows nothing", "o entries in the audit", "o entries in audit",
		"o SELinux denials", "o audit messages"} {
		if bytes.Contains(line, []byte(words)) {
			return true
		}
	}
	return false
}
