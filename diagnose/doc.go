// Package diagnose explains an SELinux denial: which hook of the kernel refused which operation,
// and how a policy decides on it today.
//
// [Diagnoser.AVC] takes one message of an access vector cache with the records
// that were logged beside it. Its [Diagnosis] has the hook, the operation with
// protocol, address and port, the verdict today with its reasons, what else of
// the same operation would be refused, and notes about what the record alone
// does not show: that the socket is another domain's, that systemd or a
// container runtime made the call, that the port has another label by now.
// [Diagnoser.Error] takes a SELINUX_ERR record, and [Diagnoser.Symptom] a
// program's own complaint, which names no domain and may have nothing to do
// with SELinux.
//
// Start here: [New] and [Diagnoser.AVC].
package diagnose
