package audit

import (
	"bytes"
	"strings"
)

// A SELinuxError is a SELINUX_ERR or USER_SELINUX_ERR record: a denial or a failure that is not about one access
// vector, such as a typebounds violation, an invalid computed context or a denied transition. It is also the
// kernel's notice of an unknown netlink message, which the kernel refuses without an AVC (security/selinux/hooks.c,
// selinux_nlmsg_lookup).
type SELinuxError struct {
	// User says that a program wrote it.
	User bool
	// Op is the operation: security_compute_av, security_compute_sid,
	// security_validate_transition, netlink_message ...
	Op     string
	Reason string // the reason of security_compute_av: bounds
	// Permissions are the permissions that security_compute_av removed.
	Permissions    []string
	SContext       string
	TContext       string
	TClass         string
	InvalidContext string
	OldContext     string
	NewContext     string
	TaskContext    string
	// Fields are all other fields.
	Fields []Field
	Text   string
}

// parseSELinuxError reads the message of a SELINUX_ERR record. ok is false if the message is empty.
func parseSELinuxError(text string, st style, user bool) (SELinuxError, bool) {
	e := SELinuxError{User: user, Text: text}
	// Until Linux 3.17: "security_compute_sid:  invalid context C for scontext=..."
	head := strings.TrimSpace(text)
	if op, rest, ok := strings.Cut(head, ":"); ok && strings.HasPrefix(op, "security_") &&
		!strings.ContainsAny(op, " =") {
		e.Op = op
		if _, after, ok := strings.Cut(rest, "invalid context "); ok {
			e.InvalidContext, _, _ = strings.Cut(after, " ")
		}
		text = rest
	}
	// Until Linux 4.2 the audit log has "SELinux:  unrecognized netlink message type=1020 for sclass=42". From 3.x
	// on it also has the form of today's kernel log.
	if rest, ok := strings.CutPrefix(head, "SELinux:"); ok &&
		strings.HasPrefix(strings.TrimLeft(rest, " "), "unrecognized netlink message") {
		return parseUnknownNetlink(text), true
	}
	f := fieldScanner{s: text, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		switch p.key {
		case "op":
			e.Op = p.val
		case "reason":
			e.Reason = p.val
		case "perms":
			e.Permissions = strings.Split(p.val, ",")
		case "scontext":
			e.SContext = p.val
		case "tcontext":
			e.TContext = p.val
		case "tclass":
			e.TClass = p.val
		case "invalid_context":
			e.InvalidContext = p.text(st)
		case "oldcontext":
			e.OldContext = p.val
		case "newcontext":
			e.NewContext = p.val
		case "taskcontext":
			e.TaskContext = p.val
		case "msg":
			if !p.bare {
				inner, _ := parseSELinuxError(p.val, st, user)
				inner.Fields, inner.Text = append(e.Fields, inner.Fields...), e.Text
				return inner, true
			}
		default:
			e.Fields = append(e.Fields, Field{Key: p.key, Value: fieldText(p, st)})
		}
	}
	return e, e.Op != "" || e.InvalidContext != "" || len(e.Fields) > 0 || user && strings.TrimSpace(text) != ""
}

// OpNetlinkMessage is [SELinuxError.Op] of the kernel's notice of a netlink
// message that it has no permission for.
const OpNetlinkMessage = "netlink_message"

// unknownNetlink begins the kernel's notice of a netlink message that it has no permission for.
const unknownNetlink = "SELinux: unrecognized netlink message:"

// parseUnknownNetlink reads that notice: protocol=0 nlmsg_type=75
// sclass=netlink_route_socket pid=812 comm=ip.
func parseUnknownNetlink(text string) SELinuxError {
	e := SELinuxError{Op: OpNetlinkMessage, Text: text}
	f := fieldScanner{s: text, style: raw}
	for p, more := f.next(); more; p, more = f.next() {
		if p.key == "sclass" {
			e.TClass = p.val
			continue
		}
		e.Fields = append(e.Fields, Field{Key: p.key, Value: p.val})
	}
	return e
}

// errorKeys are the keys of SELINUX_ERR records, with which a line may begin that was wrapped.
const errorKeys = "op seresult reason scontext tcontext tclass perms invalid_context oldcontext newcontext taskcontext"

// errorWhole reports whether a SELINUX_ERR record has the field that the kernel writes last.
func errorWhole(body []byte) bool {
	last := "tclass="
	switch {
	case bytes.Contains(body, []byte("op=security_bounded_transition")):
		last = "newcontext="
	case bytes.Contains(body, []byte("op=security_compute_av")):
		last = "perms="
	}
	return bytes.Contains(body, []byte(last))
}
