// Package policy answers questions about the content of a kernel policy: immutable, indexed, with
// names, sets, rules and the labels of ports, nodes and interfaces.
//
// A [Policy] is built from a policydb.Policy by [New], which indexes the symbol
// tables and nothing else; everything a question may not need is built when it
// is first asked for. A Policy is safe for concurrent use.
//
// Symbols are identified by their 1-based values in the file, each kind by a
// type of its own ([TypeID], [ClassID], ...); 0 means none. Types and
// attributes share one numbering, as in the file: a rule's source may be
// either, and rules are kept as they are written, never expanded. Ask
// [Policy.Attributes] for what a rule must name to apply to a type.
//
// A what-if is another Policy: [Policy.WithBools], [Policy.WithPorts] and the
// other With methods return one that shares all tables with the first and
// differs in the values of booleans or in the labels. A change of the rules is
// an edit of the policydb.Policy and a New.
//
// Start here: [New].
package policy
