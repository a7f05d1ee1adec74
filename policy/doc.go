// Package policy answers questions about the contents of a kernel policy. A policy is immutable and
// indexed, with names, sets, rules and the labels of ports, nodes and interfaces.
//
// A [Policy] is built from a policydb.Policy by [New], which indexes only the symbol tables; all
// other indexes are built at their first use. A Policy is safe for concurrent use.
//
// Symbols are identified by their 1-based values in the file, each kind with its own Go type
// ([TypeID], [ClassID], ...); 0 means none. Types and attributes share one numbering, as in the
// file: a rule's source may be either, and rules stay as written, never expanded.
// [Policy.Attributes] returns the ids that a rule must name to apply to a type.
//
// For a what-if question, use another Policy: [Policy.WithBools], [Policy.WithPorts] and the other
// With methods return one that shares all tables with the first and has other values of booleans or
// other labels. To change the rules, edit a clone of the policydb.Policy and call New.
//
// Start here: [New].
package policy
