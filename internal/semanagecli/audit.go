package semanagecli

import "os"

// A resource is the audit's name for a kind of record; the zero value is for kinds whose changes
// are not audited.
type resource struct{ kind, id string }

func (r *run) auditChange(t resource, op, typ, rng string) {
	if t == (resource{}) {
		return
	}
	if typ == "" {
		typ = "None" // as Python prints a type that was not given
	}
	r.audit = append(r.audit, "resrc="+t.kind+" op="+op+" "+t.id+" tcontext=system_u:object_r:"+typ+":"+rng)
}

func (r *run) auditDelete(t resource) {
	if t != (resource{}) {
		r.audit = append(r.audit, "resrc="+t.kind+" op=delete "+t.id)
	}
}

// auditRange is the range that a new record gets.
func (r *run) auditRange(rng string) string {
	if rng == "" && r.mls() {
		return "s0"
	}
	return rng
}

// writeAudit audits a change, made or attempted. Changes of a store that is not in use are not
// audited.
func (r *run) writeAudit(success bool) {
	if !r.store.Configured() {
		return
	}
	write := r.tool.Audit
	if write == nil {
		if r.tool.Root != "" {
			return
		}
		write = auditSystem
	}
	for _, message := range r.audit {
		write(message, success)
	}
	r.audit = nil
}

// auditText is the text of a record of the audit, as libaudit's
// audit_log_user_comm_message writes it.
func auditText(message string, success bool) string {
	exe, err := os.Executable()
	if err != nil {
		exe = "?"
	} else {
		exe = auditQuote(exe)
	}
	result := "failed"
	if success {
		result = "success"
	}
	return message + ` comm="semanage" exe=` + exe + " hostname=? addr=? terminal=? res=" + result
}

// auditQuote quotes a text, or writes it in hexadecimal where it has bytes that
// could be mistaken for the record's own.
func auditQuote(s string) string {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		if s[i] == '"' || s[i] < 0x21 || s[i] > 0x7e {
			b := make([]byte, 0, 2*len(s))
			for j := range len(s) {
				b = append(b, digits[s[j]>>4], digits[s[j]&15])
			}
			return string(b)
		}
	}
	return `"` + s + `"`
}
