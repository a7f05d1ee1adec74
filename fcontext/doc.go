// Package fcontext says how files are to be labelled, as file_contexts and its
// companions have it: selabel_lookup of libselinux without libselinux.
//
// Start here: [Load] reads the tables of a system, [Table.Lookup] finds the label of
// a path. Patterns are bounded in length and in the size of what they compile to;
// one that uses what Go's regular expressions do not have is reported with the
// answer.
package fcontext
