// Package allow knows what an allow rule can be written for: which names the policy
// language has room for, and for which refusals a rule is no way out.
//
// Start here: [Writable].
package allow
