// Package ledger says what differs on a system from its distribution: the local
// records of a policy store, its modules, permissive domains, and a kernel that does
// not run what the store holds.
//
// What the distribution has is what the store says without its local records
// (policy.linked) and with the modules of priority 100, at which distributions install
// theirs. Who made a difference is known where the store's history has the change
// (package change); what other programs did has no name.
//
// Start here: [Read].
package ledger
