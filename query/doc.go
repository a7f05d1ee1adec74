// Package query searches the rules and components of a policy, as sesearch and seinfo do.
//
// A query is a struct of criteria: its zero value selects everything, and a rule or component must
// meet all criteria that are set. Names and patterns are resolved once into sets of ids as written
// in rules; the search compares only ids. Results are in the policy's order and are never merged: a
// policy may have the same rule several times.
//
// An attribute counts as its members. Unless a criterion is Direct, it accepts a rule if the
// criterion's types and the rule's types have one in common. An attribute without members shares
// none with anything.
//
// Start here: [TERules] for rules; a query is a struct of criteria.
package query
