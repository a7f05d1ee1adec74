// Package allow tells for which accesses an allow rule can be written: which names the policy
// language has room for, and for which refusals a rule is no way out.
//
// Start here: [Writable].
package allow
