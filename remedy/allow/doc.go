// Package allow says for which accesses an allow rule can be written: which names the policy
// language accepts, and which refusals a rule cannot fix. It has the list of dangerous rules.
//
// Start here: [Writable].
package allow
