// Package network knows which checks the kernel makes for a network operation,
// and asks access for each.
//
// The checks are a table, [Rows]: one row for each check of a kernel hook, with
// the condition under which the hook makes it. [Ask] walks the rows of one
// operation in the kernel's order and returns a verdict with every layer: what
// was asked, what the policy said and why, and which layers are not consulted
// on this host.
//
// Start here: [Ask].
package network
