// Package audit reads SELinux denials from whatever people paste or pipe: audit.log, ausearch, journalctl, dmesg,
// syslog, the JSON of LAUREL and auditbeat, a single line from a forum, sealert's text. It also recognises symptoms
// without a denial: a program's own "Permission denied" for a network operation, and EACCES in the output of
// strace; and the rules that audit2allow writes for denials. Listings of labels beside a log (ls -Z, restorecon) tell
// the paths and labels of files: [Reader.Listed].
//
// A [Reader] yields an [Event] for every event of the audit system that concerns SELinux, with its records joined
// and decoded. It recognises every line by itself, so formats may be mixed. It never trusts its input: memory is
// bounded, and input that it cannot understand is counted in [Stats]. A [Folder] groups equal denials;
// [Reader.Fold] is the fast way to fill it.
//
// The records are those of the kernel's security/lsm_audit.c, security/selinux (avc.c, ss/services.c),
// kernel/auditsc.c and net/netlabel. The numbers of their types are those of include/uapi/linux/audit.h and
// libaudit.
//
// Start here: [Parse] for a text, [NewReader] for a log.
package audit
