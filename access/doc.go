// Package access decides what a source context may do to a target of a class,
// as the kernel's security_compute_av does, and says which rule, constraint,
// role or bound the decision rests on.
//
// [Decider.Decide] gives the kernel's four words. [Decider.Explain] gives, for
// one permission, the rules that grant it or the nearest cause of its refusal;
// [Decider.ExplainConstraint] puts a constraint into words and marks the part
// that fails. [Decider.Check] is for a class and permissions by name, as the
// kernel's hooks ask: there the policy's handling of unknown classes and
// permissions applies. [Decider.DecideXPerm] decides on single ioctl commands
// and netlink messages.
//
// [Decider.NewObject], [Decider.Member] and [Decider.Change] compute labels as
// the kernel does for new objects, [Decider.SocketContext] for sockets.
//
// For many decisions at once there are [Decider.TargetTypes], which names all
// types that one may access, and [Decider.OnlyTypes], which says when that is
// the whole answer.
//
// Where libsepol's functions of the same names differ from the kernel, this
// package follows the kernel: the labels of sockets and of objects whose name a
// type_transition depends on.
//
// Start here: [NewDecider] and [Decider.Check].
package access
