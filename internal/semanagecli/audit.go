package semanagecli

import (
	"cmp"
	"os"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// A resource names a kind of record in audit messages. The zero value is for kinds whose changes are not audited.
type resource struct{ kind, id string }

func (r *run) auditChange(t resource, op, typ, rng string) {
	if t == (resource{}) {
		return
	}
	if typ == "" {
		typ = "None" // as Python prints a type that was not given
	}
	r.auditConfig("resrc=" + t.kind + " op=" + op + " " + t.id + " tcontext=system_u:object_r:" + typ + ":" + rng)
}

func (r *run) auditDelete(t resource) {
	if t != (resource{}) {
		r.auditConfig("resrc=" + t.kind + " op=delete " + t.id)
	}
}

// auditRange returns the range that a new record gets.
func (r *run) auditRange(rng string) string {
	if rng == "" && r.mls() {
		return "s0"
	}
	return rng
}

// writeAudit audits a change, whether it succeeded or failed. Changes of a store that is not in use are not
// audited.
func (r *run) writeAudit(success bool) {
	if !r.store.Configured() {
		return
	}
	write := func(_ uint16, text string, success bool) { r.tool.Audit(text, success) }
	if r.tool.Audit == nil {
		if r.tool.Root != "" {
			return
		}
		write = auditSystem
	}
	for _, e := range r.audit {
		write(e.kind, e.text, success)
	}
	r.audit = nil
}

// auditText is the text of an audit message, as libaudit's audit_log_user_comm_message and
// audit_log_semanage_message write it.
func auditText(kind uint16, message string, success bool) string {
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
	if kind == macConfigChange {
		message += ` comm="semanage"`
	}
	return message + " exe=" + exe + " hostname=? addr=? terminal=? res=" + result
}

// auditQuote quotes a text. It writes the text in hexadecimal if it has bytes that could end the field.
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

// The types of audit messages: AUDIT_USER_MAC_CONFIG_CHANGE, AUDIT_ROLE_ASSIGN, AUDIT_ROLE_REMOVE.
const (
	macConfigChange = 2312
	roleAssign      = 2301
	roleRemove      = 2302
)

// An auditEntry is one audit message.
type auditEntry struct {
	kind uint16
	text string
}

func (r *run) auditConfig(text string) { r.audit = append(r.audit, auditEntry{macConfigChange, text}) }

// auditPair is a name and a value, quoted or in hexadecimal.
func auditPair(name, value string) string { return name + "=" + auditQuote(value) }

// auditFiles records a change of a file context, with the requested label.
func (r *run) auditFiles(op string, f semanage.FileContext) {
	kind := "any"
	switch f.Files {
	case "--":
		kind = "file"
	case "-d":
		kind = "dir"
	case "-c":
		kind = "char"
	case "-b":
		kind = "block"
	case "-s":
		kind = "socket"
	case "-l":
		kind = "symlink"
	case "-p":
		kind = "pipe"
	}
	text := "resrc=fcontext op=" + op + " " + auditPair("tglob", f.Path) + " ftype=" + kind
	if op != "delete" {
		c := f.Context
		text += " tcontext=" + cmp.Or(c.User, "system_u") + ":object_r:" + c.Type + ":" + c.Range
	}
	r.auditConfig(text)
}

// An assignment is the SELinux user, the roles and the range of an account.
type assignment struct{ user, roles, rng string }

// auditRoles records an assignment. account is a login or an SELinux user.
func (r *run) auditRoles(kind uint16, op, account string, old, now assignment) {
	var changed []string
	if old.user != now.user && now.user != "" {
		changed = append(changed, "sename")
	}
	if old.roles != now.roles && now.roles != "" {
		changed = append(changed, "role")
	}
	if old.rng != now.rng && now.rng != "" {
		changed = append(changed, "range")
	}
	if kind == roleAssign && len(changed) > 0 {
		op += "-" + strings.Join(changed, ",")
	}
	known := func(s string) string { return cmp.Or(s, "?") }
	r.audit = append(r.audit, auditEntry{kind, "op=" + op + " acct=" + auditQuote(account) +
		" old-seuser=" + known(old.user) + " old-role=" + known(old.roles) + " old-range=" + known(old.rng) +
		" new-seuser=" + known(now.user) + " new-role=" + known(now.roles) + " new-range=" + known(now.rng)})
}

// auditLogin records a change of a login; nil stands for a record that does not exist.
func (r *run) auditLogin(name string, old, now semanage.Record) {
	of := func(record semanage.Record) assignment {
		l, ok := record.(semanage.Login)
		if !ok {
			return assignment{}
		}
		u, _ := r.seUser(l.User)
		return assignment{l.User, strings.ReplaceAll(u.Roles, " ", ","), l.Range}
	}
	kind := uint16(roleAssign)
	if now == nil {
		kind = roleRemove
	}
	r.auditRoles(kind, "login", name, of(old), of(now))
}

// auditUser records a change of an SELinux user.
func (r *run) auditUser(op string, now semanage.User, old semanage.Record) {
	of := func(u semanage.User) assignment {
		return assignment{u.Name, strings.ReplaceAll(u.Roles, " ", ","), u.Range}
	}
	var before assignment
	if u, ok := old.(semanage.User); ok {
		before = of(u)
	}
	if op == "delete" {
		r.auditRoles(roleRemove, "seuser", now.Name, before, assignment{})
		return
	}
	r.auditRoles(roleAssign, "seuser", now.Name, before, of(now))
}
