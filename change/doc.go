// Package change makes and undoes changes of a policy store: local records of ports,
// booleans, nodes and interfaces, and modules.
//
// Start with [Open]. [Store.Apply] makes a prepared [Change]; [Store.Begin] opens a
// [Draft], in which records are edited first. Both return a [Done], with the new policy
// of the store and, if it was loaded, of the kernel. [Store.Undo] undoes a transaction by
// its number, and [Store.History] lists the transactions that can be undone.
//
// # One lock, one journal
//
// A process that changes a store with this package holds the lock of its file senet.LOCK.
// A program that it runs for a module inherits that lock and dies with its parent. While
// it holds this lock, package semanage takes the store's own lock for each transaction of
// records, which is atomic.
//
// The file senet.history has both the journal and the history: a change that takes more
// than one transaction, since it installs or removes a module, gets its entry before the
// first one, and the entry is completed after the last one. After a kill the next change
// compares that entry with the store ([Settled]): the store has the whole change, nothing
// of it, or a part, which is an [UnfinishedError] until [Store.Resume] completes it or
// [Store.Undo] undoes it. The entry of a change of records only is written after it; if
// the process dies in between, the store's last transaction (see [semanage.Store.Last])
// replaces it.
//
// # What undo never does
//
// It does not undo changes of other programs, nor changes that were already undone: a
// transaction is named by its number, and its records and its module must still have the
// values that it gave them. If another program has made a later transaction, [Store.Last]
// returns a [ForeignError], and the caller must ask whether to continue.
//
// Errors tell the state of the store after them: see [StateOf].
//
// Start here: [Open] a [Store].
package change
