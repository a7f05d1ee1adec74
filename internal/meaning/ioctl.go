package meaning

import "fmt"

// ioctl says which command was refused.
func (a *Access) ioctl() []string {
	if a.Command == nil {
		return nil
	}
	name, use := Ioctl(*a.Command)
	if name == "" {
		return nil
	}
	text := fmt.Sprintf("the command %#x is %s, by its number", *a.Command, name)
	if use != "" {
		text += ": " + use
	}
	return []string{text}
}

// Ioctl returns the name of an ioctl command by the low 16 bits of its number, as the
// kernel's records and rules have it, and what it is for; "" where it is none of the
// usual ones. Drivers may use a number for something else; those of terminals are other
// ones on alpha, mips, parisc, powerpc, sh, sparc and xtensa.
func Ioctl(command uint16) (name, use string) {
	x := ioctls()[command]
	return x.name, x.use
}

type ioctlCommand struct{ name, use string }

// ioctls are the commands that programs meet: include/uapi of the kernel.
func ioctls() map[uint16]ioctlCommand {
	const tty = "is it a terminal? isatty() asks so, and does without an answer"
	return map[uint16]ioctlCommand{
		0x0001: {"FIBMAP", "where the blocks of a file lie"}, 0x0002: {"FIGETBSZ", ""},
		0x0301: {"HDIO_GETGEO", "the geometry of a disk"}, 0x030d: {"HDIO_GET_IDENTITY", "the identity of a disk"},
		0x125d: {"BLKROSET", "make a disk read-only"}, 0x125e: {"BLKROGET", "is a disk read-only?"},
		0x125f: {"BLKRRPART", "read the partitions again"}, 0x1260: {"BLKGETSIZE", "the size of a disk"},
		0x1261: {"BLKFLSBUF", "flush the buffers of a disk"}, 0x1263: {"BLKRAGET", ""},
		0x1268: {"BLKSSZGET", "the size of a disk's sectors"}, 0x1272: {"BLKGETSIZE64", "the size of a disk"},
		0x1277: {"BLKDISCARD", "discard blocks of a disk"}, 0x1278: {"BLKIOMIN", ""}, 0x1279: {"BLKIOOPT", ""},
		0x127b: {"BLKPBSZGET", ""}, 0x127d: {"BLKSECDISCARD", "erase blocks of a disk"},
		0x127f: {"BLKZEROOUT", "write zeros to a disk"},
		0x2285: {"SG_IO", "raw SCSI commands"}, 0x2201: {"SG_SET_TIMEOUT", ""},
		0x4b33: {"KDGKBTYPE", "is it a console?"}, 0x4b3a: {"KDSETMODE", "text or graphics of a console"},
		0x4b3b: {"KDGETMODE", ""}, 0x4b44: {"KDGKBMODE", ""}, 0x4b45: {"KDSKBMODE", ""},
		0x4c00: {"LOOP_SET_FD", "attach a file to a loop device"}, 0x4c01: {"LOOP_CLR_FD", ""},
		0x4c02: {"LOOP_SET_STATUS", ""}, 0x4c03: {"LOOP_GET_STATUS", ""}, 0x4c04: {"LOOP_SET_STATUS64", ""},
		0x4c05: {"LOOP_GET_STATUS64", ""}, 0x4c0a: {"LOOP_CONFIGURE", "attach a file to a loop device"},
		0x4c80: {"LOOP_CTL_ADD", "make a loop device"}, 0x4c81: {"LOOP_CTL_REMOVE", ""},
		0x4c82: {"LOOP_CTL_GET_FREE", "find a free loop device, as mount -o loop does"},
		0x4e40: {"NVME_IOCTL_ID", "the number of a namespace of an NVMe disk"},
		0x4e41: {"NVME_IOCTL_ADMIN_CMD", "commands to the controller of an NVMe disk, as smartctl and nvme send"},
		0x4e43: {"NVME_IOCTL_IO_CMD", "raw commands to an NVMe disk"},
		0x5203: {"RNDADDENTROPY", "add to the pool of random numbers"},
		0x5326: {"CDROM_DRIVE_STATUS", ""}, 0x5331: {"CDROM_GET_CAPABILITY", ""},
		0x5401: {"TCGETS", tty}, 0x5402: {"TCSETS", "set a terminal's modes"}, 0x5403: {"TCSETSW", ""},
		0x5404: {"TCSETSF", ""}, 0x5405: {"TCGETA", tty}, 0x540b: {"TCFLSH", ""},
		0x540e: {"TIOCSCTTY", "make it the controlling terminal"}, 0x540f: {"TIOCGPGRP", ""},
		0x5410: {"TIOCSPGRP", ""}, 0x5411: {"TIOCOUTQ", ""},
		0x5412: {"TIOCSTI", "put characters into another's input: an old way out of a sandbox"},
		0x5413: {"TIOCGWINSZ", "the size of a terminal"}, 0x5414: {"TIOCSWINSZ", ""}, 0x541b: {"FIONREAD", ""},
		0x541c: {"TIOCLINUX", "select and paste on a console"}, 0x5421: {"FIONBIO", ""},
		0x5422: {"TIOCNOTTY", "leave the terminal"}, 0x5430: {"TIOCGPTN", ""}, 0x5431: {"TIOCSPTLCK", ""},
		0x5441: {"TIOCGPTPEER", ""}, 0x5450: {"FIONCLEX", ""}, 0x5451: {"FIOCLEX", ""}, 0x5452: {"FIOASYNC", ""},
		0x54ca: {"TUNSETIFF", "make or join a tun or tap interface"}, 0x54cb: {"TUNSETPERSIST", ""},
		0x54cc: {"TUNSETOWNER", ""}, 0x54cf: {"TUNGETFEATURES", ""}, 0x54d2: {"TUNGETIFF", ""},
		0x5600: {"VT_OPENQRY", "find a free console"}, 0x5601: {"VT_GETMODE", ""}, 0x5602: {"VT_SETMODE", ""},
		0x5603: {"VT_GETSTATE", "which console is shown?"}, 0x5606: {"VT_ACTIVATE", "show another console"},
		0x581f: {"FS_IOC_FSGETXATTR", ""}, 0x5820: {"FS_IOC_FSSETXATTR", "flags and project of a file"},
		0x5877: {"FIFREEZE", "freeze a file system"}, 0x5878: {"FITHAW", ""}, 0x5879: {"FITRIM", "fstrim"},
		0x6201: {"BINDER_WRITE_READ", "talk over Android's binder"},
		0x6601: {"FS_IOC_GETFLAGS", "lsattr"}, 0x6602: {"FS_IOC_SETFLAGS", "chattr"},
		0x660b: {"FS_IOC_FIEMAP", "where the extents of a file lie"},
		0x7009: {"RTC_RD_TIME", "read the clock's chip"}, 0x700a: {"RTC_SET_TIME", "set the clock's chip"},
		0x8901: {"FIOSETOWN", ""}, 0x8902: {"SIOCSPGRP", ""}, 0x8903: {"FIOGETOWN", ""}, 0x8904: {"SIOCGPGRP", ""},
		0x890b: {"SIOCADDRT", "add a route"}, 0x890c: {"SIOCDELRT", "remove a route"},
		0x8910: {"SIOCGIFNAME", "the name of an interface"}, 0x8912: {"SIOCGIFCONF", "the addresses of the interfaces"},
		0x8913: {"SIOCGIFFLAGS", "is an interface up?"}, 0x8914: {"SIOCSIFFLAGS", "take an interface up or down"},
		0x8915: {"SIOCGIFADDR", "the address of an interface"}, 0x8916: {"SIOCSIFADDR", "set an address"},
		0x8917: {"SIOCGIFDSTADDR", ""}, 0x8919: {"SIOCGIFBRDADDR", ""}, 0x891b: {"SIOCGIFNETMASK", ""},
		0x891c: {"SIOCSIFNETMASK", ""}, 0x891d: {"SIOCGIFMETRIC", ""}, 0x8921: {"SIOCGIFMTU", ""},
		0x8922: {"SIOCSIFMTU", ""}, 0x8923: {"SIOCSIFNAME", "rename an interface"}, 0x8924: {"SIOCSIFHWADDR", ""},
		0x8927: {"SIOCGIFHWADDR", "the hardware address of an interface"},
		0x8933: {"SIOCGIFINDEX", "the number of an interface"}, 0x8942: {"SIOCGIFTXQLEN", ""},
		0x8946: {"SIOCETHTOOL", "ethtool"}, 0x8947: {"SIOCGMIIPHY", ""}, 0x8948: {"SIOCGMIIREG", ""},
		0x8954: {"SIOCGARP", "read the ARP table"},
		0x8982: {"SIOCGIFVLAN", "vconfig"}, 0x8983: {"SIOCSIFVLAN", "vconfig"},
		0x89a0: {"SIOCBRADDBR", "make a bridge"}, 0x89a1: {"SIOCBRDELBR", ""}, 0x89a2: {"SIOCBRADDIF", ""},
		0x89b0: {"SIOCSHWTSTAMP", "time stamps of the hardware"}, 0x89b1: {"SIOCGHWTSTAMP", ""},
		0x9409: {"FICLONE", "cp --reflink"}, 0x940d: {"FICLONERANGE", ""}, 0x9436: {"FIDEDUPERANGE", ""},
		0xae00: {"KVM_GET_API_VERSION", ""}, 0xae01: {"KVM_CREATE_VM", "make a virtual machine"},
		0xae03: {"KVM_CHECK_EXTENSION", ""}, 0xae04: {"KVM_GET_VCPU_MMAP_SIZE", ""},
		0xb701: {"NS_GET_USERNS", "whose is a namespace?"}, 0xb702: {"NS_GET_PARENT", ""},
		0xb703: {"NS_GET_NSTYPE", ""}, 0xb704: {"NS_GET_OWNER_UID", ""},
	}
}
