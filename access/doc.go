// Package access decides which permissions a source context has on a target of a class,
// as the kernel's security_compute_av does, and says which rule, constraint, role or
// bound decides.
//
// [Decider.Decide] returns the kernel's four words. [Decider.Explain] returns, for one
// permission, the rules that grant it or the direct cause of its denial;
// [Decider.ExplainConstraint] describes a constraint in words and marks the part that
// fails. [Decider.Check] is for a class and permissions by name, as in the kernel's
// hooks: there the policy's handling of unknown classes and permissions applies.
// [Decider.DecideXPerm] decides on single ioctl commands and netlink messages.
//
// [Decider.NewObject], [Decider.Member] and [Decider.Change] compute labels as the kernel
// does for new objects, [Decider.SocketContext] for sockets.
//
// For many decisions there are [Decider.TargetTypes], which returns all types that a
// source may access, and [Decider.OnlyTypes], which says whether that is the whole
// answer.
//
// If libsepol's functions of the same names differ from the kernel, this package follows
// the kernel: for the labels of sockets, and of objects with a named type_transition.
//
// Start here: [NewDecider] and [Decider.Check].
package access
