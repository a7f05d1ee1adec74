// Package audit reads SELinux denials out of whatever people paste or pipe:
// audit.log, ausearch, journalctl, dmesg, syslog, the JSON of LAUREL and
// auditbeat, a single line from a forum, sealert's text. It also recognises
// the symptom without a denial: a program's own "Permission denied" for a
// network operation, and EACCES in the output of strace.
//
// A [Reader] yields an [Event] for every event of the audit system that says
// something about SELinux, with its records joined and decoded. Every line is
// recognised by itself, so formats may be mixed. Input is never trusted:
// memory is bounded, and what cannot be understood is counted in [Stats].
// A [Folder] groups equal denials; [Reader.Fold] is the fast way to fill it.
//
// The records are those of the kernel's security/lsm_audit.c, security/selinux
// (avc.c, ss/services.c), kernel/auditsc.c and net/netlabel; the numbers of
// their types those of include/uapi/linux/audit.h and libaudit.
//
// Start here: [Parse] for a text, [NewReader] for a log.
package audit
