// Package records is what commands do with local records beyond package semanage:
// edits that are nothing to do where a record is so already, ranges of ports that
// are cut around a new one, and lists of what a policy labels with the local records
// of its store marked.
package records
