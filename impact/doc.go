// Package impact names the domains that a change of a policy concerns: which domains gain and
// which lose which ports, exactly, from the policy before and the policy after.
//
// A [Comparison] is the two policies and the machine they are asked for. Make one
// of a transaction with [OfTx], which asks no more than the records can change, or
// of any two policies with [New]. Start there; the rest is [Comparison.Records]
// and [Comparison.All], which return [Effect]s.
//
// Start here: [New] and [Comparison.All].
package impact
