// Package network has the checks that the kernel makes for a network operation, and asks
// package access about each.
//
// The checks are a table, [Rows]: one row for each check of a kernel hook, with the
// condition under which the hook makes it. [Ask] evaluates the rows of one operation in
// the kernel's order and returns a verdict with every layer: the check, the policy's
// answer with its reason, and the layers that are not consulted on this host.
//
// Start here: [Ask].
package network
