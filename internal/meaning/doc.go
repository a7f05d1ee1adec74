// Package meaning says in plain words what permissions are for, and what an
// administrator looks at before a rule is written: capabilities, memory that is writable
// and executable, kernel modules, ioctl commands, namespaces, BPF, io_uring, keys,
// services, and the classes that Android has.
//
// Nothing here rests on a policy. What is said of a permission holds wherever the kernel
// (security/selinux/hooks.c, kernel/capability.c) or the program that has the class asks
// for it.
//
// Start here: [Access.Sentences].
package meaning
