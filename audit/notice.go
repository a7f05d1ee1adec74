package audit

import (
	"bytes"
	"strings"
)

// The operations of notices that are not SELINUX_ERR records: see [SELinuxError.Op].
const (
	// OpUnknownLabel is the kernel's notice that the loaded policy does not know a label. The label is in
	// InvalidContext. The kernel treats objects with it as unlabeled_t (security/selinux/ss/services.c, ss/sidtab.c
	// and hooks.c, inode_doinit_use_xattr).
	OpUnknownLabel = "unknown_label"
	// OpUnknownClass and OpUnknownPermission are the notices of a program that enforces the policy itself: the
	// policy does not have a class of the program, or a permission of that class (libselinux, checkAccess.c).
	OpUnknownClass      = "unknown_class"
	OpUnknownPermission = "unknown_permission"
)

// maxNotice bounds the text of a notice that is kept, in bytes.
const maxNotice = 1024

// invalidLabel reads the kernel's notices of labels that the policy does not know.
//
//	SELinux:  Context system_u:object_r:x_t:s0 is not valid (left unmapped).
//	SELinux:  Context system_u:object_r:x_t:s0 became invalid (unmapped).
//	SELinux: inode=7 on dev=vda1 was found to have an invalid context=system_u:object_r:x_t:s0. ...
func invalidLabel(m []byte) (SELinuxError, bool) {
	i := bytes.Index(m, []byte("SELinux:"))
	if i < 0 {
		return SELinuxError{}, false
	}
	text := string(m[i:])
	rest := strings.TrimLeft(strings.TrimPrefix(text, "SELinux:"), " ")
	e := SELinuxError{Op: OpUnknownLabel, Text: text[:min(len(text), maxNotice)]}
	if context, ok := strings.CutPrefix(rest, "Context "); ok {
		context, what, _ := strings.Cut(context, " ")
		switch {
		case strings.HasPrefix(what, "is not valid"), strings.HasPrefix(what,
			"became invalid"), strings.HasPrefix(what, "would be invalid"):
			e.InvalidContext = context
		}
	} else if head, context, ok := strings.Cut(rest, "invalid context="); ok && strings.HasPrefix(rest, "inode=") {
		e.InvalidContext, _, _ = strings.Cut(context, " ")
		e.InvalidContext = strings.TrimSuffix(e.InvalidContext, ".")
		f := fieldScanner{s: head, style: raw}
		for p, more := f.next(); more; p, more = f.next() {
			if p.key == "inode" || p.key == "dev" {
				e.Fields = append(e.Fields, Field{Key: p.key, Value: p.val})
			}
		}
	}
	return e, strings.Count(e.InvalidContext, ":") >= 2
}

// parseUnknownName reads an object manager's message about names that the policy does not have: "Unknown class
// dbus", "Unknown permission start for class system".
func parseUnknownName(message string, outer []Field) (SELinuxError, bool) {
	words := strings.Fields(message)
	if len(words) < 3 || words[0] != "Unknown" && words[0] != "unknown" {
		return SELinuxError{}, false
	}
	e := SELinuxError{User: true, Text: message}
	switch {
	case words[1] == "class" && isSmallName(words[2]):
		e.Op, e.TClass = OpUnknownClass, words[2]
	case words[1] == "permission" && len(words) >= 6 && words[3] == "for" && words[4] == "class" &&
		isSmallName(words[2]) && isSmallName(words[5]):
		e.Op, e.Permissions, e.TClass = OpUnknownPermission, []string{words[2]}, words[5]
	default:
		return SELinuxError{}, false
	}
	f := fieldScanner{s: message, style: raw}
	for p, more := f.next(); more; p, more = f.next() {
		e.Fields = append(e.Fields, Field{Key: p.key, Value: fieldText(p, raw)})
	}
	e.Fields = append(e.Fields, outer...)
	return e, true
}
