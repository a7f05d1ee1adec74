// Package access decides what a source context may do to a target of a class,
// as the kernel's security_compute_av does, and says which rule, constraint,
// role or bound the decision rests on.
//
// [Decider.Decide] gives the kernel's four words. [Decider.Explain] gives, for
// one permission, the rules that grant it or the nearest cause of its refusal.
// [Decider.Check] is for a class and permissions by name, as the kernel's hooks
// ask: there the policy's handling of unknown classes and permissions applies.
package access
