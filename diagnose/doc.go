// Package diagnose explains an SELinux denial: which hook of the kernel denied which operation, and
// how a policy decides about it today.
//
// [Diagnoser.AVC] explains one message of an access vector cache with the other records of the
// event. Its [Diagnosis] has the hook, the operation with protocol, address and port, today's
// verdict with its reasons, other checks of the same operation that would be denied, and notes
// about facts that the record alone does not show: that the socket belongs to another domain, that
// systemd or a container runtime made the call, that the port now has another label.
// [Diagnoser.Error] explains a SELINUX_ERR record, and [Diagnoser.Symptom] a program's own
// complaint, which names no domain and may have another cause than SELinux.
//
// Start here: [New] and [Diagnoser.AVC].
package diagnose
