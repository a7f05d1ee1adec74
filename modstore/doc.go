// Package modstore builds the policy of a store from its modules, as libsemanage does, and changes
// the modules, as semodule(8) does, but without libsemanage.
//
// # The modules of a store
//
//	active/modules/PRIORITY/NAME/       PRIORITY is 001 to 999
//	    lang_ext                        the language: "cil", or "pp" for a package
//	    cil                             the module in CIL
//	    hll                             what the CIL was converted from, unless it is CIL
//	active/modules/disabled/NAME        the module is disabled, at every priority
//	active/modules_checksum             of all CIL that was built
//	active/disable_dontaudit            dontaudit rules are left out
//	active/preserve_tunables            tunables are booleans
//
// The files cil and hll are streams of bzip2, or plain. Of several modules with one name, the one
// with the highest priority counts. Modules are compiled in the order of their names.
//
// # A build
//
// [Store.Begin] opens the modules within a transaction of package semanage, [Tx] changes them in
// memory, and [Tx.Build] compiles them and gives the result to the transaction: policy.linked,
// file_contexts, the homes' file contexts, seusers, their copies in /etc/selinux and the compiled
// forms of file contexts. The commit of the transaction writes all files or none. A file that did
// not change is not written.
//
// The texts of modules are cached in the file senet.modules next to the store, by the hashes of the
// store's files; see [CacheUse]. It may be deleted at any time.
//
// # Differences from libsemanage
//
//   - Homes are found by the passwd, login.defs and shells files of the store's own
//     system, which for another root is not the running one.
//   - Tunables that are kept as booleans stay so until it is said otherwise; libsemanage
//     ends it with the next transaction.
//   - Packages (.pp) are converted without hll/pp, to the text of the release of libsepol
//     that the store's policy is of, as far as the policy tells it.
//   - The programs that semanage.conf names to verify modules are not run: a store
//     with them is refused.
//
// Start here: [Open], [Store.Begin].
package modstore
