// Package kernel boots a real Linux kernel with SELinux under qemu and asks it
// what senet claims to know: what /sys/fs/selinux/access decides, and what
// system calls on sockets come to, with the audit records they cause.
//
// [Boot] starts one machine that serves any number of policies. Its process
// number 1 is the program in the directory init; the two talk over a virtio
// serial port, in the messages of package wire. Only tests import this package.
//
// A scenario is a list of system calls, of which the first ones prepare: they run
// while the system is permissive and make the surroundings, such as network
// namespaces, sysctls, the process's context and sockets at the other end. The
// rest runs enforcing or not. An audit rule gives each call a record of its own,
// and so a serial number by which the AVC records it caused are told from all
// others.
//
// It needs Debian's qemu-system-x86, apt-get and dpkg-deb to fetch the kernels,
// and xz, zstd or lz4, whichever the kernel is compressed with.
package kernel
