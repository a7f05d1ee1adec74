// Package change makes changes of a policy store and takes them back: local
// records of ports, booleans, nodes and interfaces, and modules.
//
// Start with [Open]. [Store.Apply] makes a [Change] whose content is known;
// [Store.Begin] opens a [Draft], in which records are edited first. Both return a
// [Done], with the policy that the store and, if it was loaded, the kernel has
// afterwards. [Store.Undo] takes a transaction back by its number, and
// [Store.History] lists what can be taken back.
//
// # One lock, one journal
//
// Whoever changes a store through this package holds its file senet.LOCK, and a
// program that is run for a module inherits that lock and dies with its parent.
// Package semanage takes the store's own lock inside of it, for each transaction of
// records, which is atomic by itself.
//
// The file senet.history has both the journal and the history: the entry of a
// change that takes more than one transaction, since it installs or removes a
// module, is there before the first of them, and is completed after the last. After
// a kill the next change compares that entry with the store ([Settled]): all of it
// is there, none of it, or a part, which is an [UnfinishedError] until
// [Store.Resume] completes it or [Store.Undo] takes it back. The entry of a change
// of records alone is written after it; should the process die in between, the
// store's last transaction (see [semanage.Store.Last]) stands in for it.
//
// # What undo never does
//
// It does not take back what another program did, nor what was taken back already:
// a transaction is named by its number, and its records and its module have to be
// as it left them. Where somebody else made a transaction on top of
// it, [Store.Last] says so with a [ForeignError], and it is for the caller to ask
// whether to go on.
//
// Errors tell the state of the store after them: see [StateOf].
//
// Start here: [Open] a [Store].
package change
