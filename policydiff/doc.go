// Package policydiff says in what two policies differ: in what people mean (see
// [Compare]) and in rules (see [Comparison.Rules]).
//
// Everything is compared by name. A rule is what it grants, whatever it was
// written with: an attribute stands for its members, a conditional rule that the
// same policy grants outside of conditionals as well adds nothing. An optimised
// and a plain build of one policy do not differ.
//
// Start here: [Compare].
package policydiff
