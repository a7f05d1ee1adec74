// Package ledger lists the differences between a system and its distribution: the local records of
// a policy store, its modules, permissive domains, and a kernel that does not run the policy of the
// store.
//
// The state of the distribution is the store without its local records (policy.linked), and with
// the modules of priority 100, at which distributions install theirs. If the store's history has
// the change (package change), the ledger names who made it; changes by other programs have no
// author.
//
// Start here: [Read].
package ledger
