// Package policydiff finds the differences between two policies: in their effects (see [Compare])
// and in their rules (see [Comparison.Rules]).
//
// Everything is compared by name. Rules are compared by the access that they grant, not by their
// text: an attribute counts as its members, and a conditional rule adds nothing if the same policy
// grants the access outside of conditionals as well. There is no difference between an optimised
// and a plain build of one policy.
//
// Start here: [Compare].
package policydiff
