// Package policydb reads and writes the binary kernel policy of SELinux, the
// file that a system loads through /sys/fs/selinux/load and keeps as
// /etc/selinux/TYPE/policy/policy.N.
//
// It knows every kernel format from version 15 to 35, for SELinux and for Xen,
// with and without MLS. It is faithful: what [Decode] accepts, [Policy.Encode]
// writes back byte for byte, in the order in which it stood. It knows bytes
// and answers no question; the package policy does that.
//
// # Representation
//
// A decoded [Policy] holds small tables as slices of structs, and the large
// ones (the access vector table, filename transitions, bitmaps) as validated
// views of the bytes they were read from. Reading them costs a walk and builds
// nothing. All of it is immutable: the methods that edit replace a slice or a
// view, they never write into one, so [Policy.Clone] is cheap and a clone may
// be edited while the original is read by other goroutines.
//
// # Hostile input
//
// Decode trusts no number of the file. A count is compared with the bytes that
// remain before anything is allocated for it, and every type, class, role,
// user, level and boolean that a rule or a context names is checked to exist
// in its table's range. A refusal is a [*DecodeError], which names the section,
// the record and the byte offset.
//
// The format has no prose specification. Comments name the kernel function
// (security/selinux/ss) or the libsepol function that each piece mirrors.
//
// Start here: [Decode].
package policydb
