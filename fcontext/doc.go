// Package fcontext finds the label of a file in file_contexts and its companion files, as
// selabel_lookup of libselinux does, without libselinux.
//
// Start here: [Load] reads the tables of a system, [Table.Lookup] finds the label of a path.
// Patterns are bounded in length and in their compiled size; the answer lists patterns that Go's
// regular expressions do not support.
package fcontext
