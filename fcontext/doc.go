// Package fcontext finds the label that file_contexts and its companions give a file:
// selabel_lookup of libselinux without libselinux.
//
// Start here: [Load] reads the tables of a system, [Table.Lookup] finds the label of a path.
// Patterns are bounded in length and in their compiled size; one that uses what Go's regular
// expressions do not have is reported with the answer.
package fcontext
