// Package records edits and lists local records for commands, on top of package semanage: edits
// that do nothing if the record already exists, port ranges that are cut around a new one, and
// lists of a policy's labels with the local records of its store marked.
package records
