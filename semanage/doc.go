// Package semanage changes a policy store, the directory in which libsemanage
// keeps a policy and what an administrator added to it: local records of ports,
// nodes, network interfaces, booleans, InfiniBand objects, files, logins and SELinux
// users. It does what
// semanage(8) does with them, without Python and without libsemanage, and leaves
// the bytes that libsemanage 3.4 would have left.
//
// # The store
//
//	/etc/selinux/config                    SELINUXTYPE: the store in use
//	/etc/selinux/semanage.conf             see [Config]
//	/var/lib/selinux/TYPE/active/          the store's state
//	    policy.linked                      the policy without local records
//	    policy.kern                        with them: what the kernel gets
//	    ports.local, nodes.local, ...      the local records, as text
//	    commit_num                         counts transactions
//	    seusers, users_extra, ...          what follows from the policy and the records
//	    modules/                           package modstore's
//	/var/lib/selinux/TYPE/tmp/             a transaction's sandbox
//	/var/lib/selinux/TYPE/previous/        with save-previous, the state before
//	/var/lib/selinux/TYPE/semanage.*.LOCK  see [Options.LockTimeout]
//	/etc/selinux/TYPE/policy/policy.N      a copy of policy.kern
//
// Two files are added, which libsemanage ignores: TYPE/senet.undo holds the commands that take the
// last transaction back, and TYPE/senet.journal exists while a transaction is being put in place.
//
// # A transaction
//
// [Store.Begin] locks the store and repairs the remains of a killed transaction. [Tx.Add],
// [Tx.Modify], [Tx.Delete] and the others change records in memory. [Tx.Commit] makes the new
// kernel policy: policy.linked in the order in which libsepol writes it ([policydb.Canonical]),
// with the local records merged as semanage_base_merge_components merges them. Logins, users
// and file contexts have files of their own that follow: seusers, users_extra, the labels of
// homes, the installed file contexts and their compiled forms. Nothing else can change when
// only records do.
//
// Whatever takes space is written, and brought to the disk, before anything
// visible changes: the new files into the sandbox, the kernel policy beside its
// target, and the journal. What follows are renames. When one file of local
// records changes, its rename is the moment the transaction happens, and the
// files derived from it follow. When several change, or the configuration asks
// for the previous state to be kept, the sandbox is completed with hard links to
// what did not change and exchanged with the active directory as a whole, in one
// system call where the kernel and the file system have it. No file is ever
// written in place.
//
// A process killed at any point leaves the old state, or the new one with
// derived files missing, which the next Begin completes and reports as a
// [Repair]. libsemanage, run instead, derives them anew.
//
// # Differences from semanage
//
//   - A boolean whose local record is deleted has the policy's own value in the
//     running kernel at once, where semanage leaves the kernel's as it is.
//   - Port 0 is refused: no socket is ever labelled by it. See [Tx.Strict].
//   - A port above 65535 in ports.local is refused with its line; libsepol takes
//     the lower 16 bits.
//   - policy.linked and policy.kern may be read compressed by bzip2, as very old
//     libsemanage left them. They are written plain, as libsemanage 3 does
//     whatever bzip-blocksize says, which is for modules.
//   - Files whose sources did not change are not written again. libsemanage makes the
//     labels of homes anew in each transaction, going by the users there are then.
//   - Ranges are as written in the policy; mcstransd's translations are not
//     applied.
//
// Start here: [Open] a [Store].
package semanage
