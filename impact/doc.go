// Package impact finds the domains that a change of a policy affects: exactly which domains gain
// and lose which ports, from the policy before and the policy after.
//
// A [Comparison] has the two policies and the machine. Make one from a transaction with [OfTx],
// which compares only what the records can change, or from any two policies with [New].
// [Comparison.Records] and [Comparison.All] return [Effect]s.
//
// Start here: [New] and [Comparison.All].
package impact
