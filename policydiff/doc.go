// Package policydiff says in what two policies differ: in their effects (see [Compare]) and in
// their rules (see [Comparison.Rules]).
//
// Everything is compared by name. Rules are compared by the access that they grant, not by their
// text: an attribute counts as its members, and a conditional rule adds nothing if the same policy
// grants the access outside of conditionals as well. An optimised and a plain build of one policy
// do not differ.
//
// Start here: [Compare].
package policydiff
