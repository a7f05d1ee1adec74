package query

import (
	"iter"
	"strconv"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// FSUseName returns the keyword of a policydb.FSUse's behavior.
func FSUseName(behavior uint32) string {
	switch behavior {
	case 1:
		return "fs_use_xattr"
	case 2:
		return "fs_use_trans"
	case 3:
		return "fs_use_task"
	}
	return "fs_use_" + strconv.Itoa(int(behavior))
}

// An FSUseQuery selects fs_use_* statements; the zero FSUseQuery selects all.
type FSUseQuery struct {
	Behavior uint32 // 1 xattr, 2 trans, 3 task; 0 for no restriction
	FS       Match  // the file system
	Context  ContextMatch
}

// FSUses yields the fs_use_* statements in the file's order. The caller must not change
// them.
func FSUses(p *policy.Policy, q FSUseQuery) iter.Seq[*policydb.FSUse] {
	return func(yield func(*policydb.FSUse) bool) {
		records := p.DB().OContexts.FSUses
		for i := range records {
			r := &records[i]
			if (q.Behavior == 0 || q.Behavior == r.Behavior) && q.FS.accepts(r.Name) &&
				q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// A FileType is the kind of file of a genfscon.
type FileType byte

// The file types, with their letters in a policy's source.
const (
	AnyFile     FileType = 0
	RegularFile FileType = '-'
	BlockDevice FileType = 'b'
	CharDevice  FileType = 'c'
	Directory   FileType = 'd'
	Pipe        FileType = 'p'
	Symlink     FileType = 'l'
	Socket      FileType = 's'
)

// String returns the letter after a dash, or "" for AnyFile.
func (t FileType) String() string {
	if t == AnyFile {
		return ""
	}
	return "-" + string(byte(t))
}

// A GenFSCon is a genfscon statement.
type GenFSCon struct {
	FS, Path string
	// FileType is that of the statement's class. It is also AnyFile if the class is not a
	// file class.
	FileType FileType
	Class    policy.ClassID // 0 for all
	Context  policy.Context
}

// A GenFSQuery selects genfscon statements; the zero GenFSQuery selects all.
type GenFSQuery struct {
	FS, Path Match
	FileType FileType // AnyFile for no restriction
	Context  ContextMatch
}

// GenFSCons yields the genfscon statements in the file's order.
func GenFSCons(p *policy.Policy, q GenFSQuery) iter.Seq[GenFSCon] {
	return func(yield func(GenFSCon) bool) {
		for i := range p.DB().GenFS {
			fs := &p.DB().GenFS[i]
			if !q.FS.accepts(fs.FSType) {
				continue
			}
			for j := range fs.Entries {
				e := &fs.Entries[j]
				g := GenFSCon{FS: fs.FSType, Path: e.Path, Class: policy.ClassID(e.Class), Context: e.Context}
				if e.Class != 0 {
					g.FileType = fileType(p.ClassName(g.Class))
				}
				if q.Path.accepts(g.Path) && (q.FileType == AnyFile || q.FileType == g.FileType) &&
					q.Context.accepts(p, &e.Context) && !yield(g) {
					return
				}
			}
		}
	}
}

func fileType(class string) FileType {
	switch class {
	case "file":
		return RegularFile
	case "blk_file":
		return BlockDevice
	case "chr_file":
		return CharDevice
	case "dir":
		return Directory
	case "fifo_file":
		return Pipe
	case "lnk_file":
		return Symlink
	case "sock_file":
		return Socket
	}
	return AnyFile
}

// An InitialSIDQuery selects initial SIDs; the zero InitialSIDQuery selects all.
type InitialSIDQuery struct {
	Name    Match
	Context ContextMatch
}

// InitialSIDs yields the contexts of initial SIDs in the file's order. The caller must
// not change them.
func InitialSIDs(p *policy.Policy, q InitialSIDQuery) iter.Seq[*policydb.InitialSID] {
	return func(yield func(*policydb.InitialSID) bool) {
		records := p.DB().OContexts.InitialSIDs
		for i := range records {
			r := &records[i]
			if q.Name.accepts(InitialSIDName(p.DB().Target, r.SID)) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// InitialSIDName returns the name of an initial SID, which kernel policies do not
// contain: the kernel's (security/selinux/include/initial_sid_to_string.h, and those of
// older kernels) or Xen's, and "sid" with the number for unknown ones.
func InitialSIDName(target policydb.Target, sid uint32) string {
	names := [...]string{"undefined", "kernel", "security", "unlabeled", "fs", "file", "file_labels", "init",
		"any_socket", "port", "netif", "netmsg", "node", "igmp_packet", "icmp_socket", "tcp_socket",
		"sysctl_modprobe", "sysctl", "sysctl_fs", "sysctl_kernel", "sysctl_net", "sysctl_net_unix", "sysctl_vm",
		"sysctl_dev", "kmod", "policy", "scmp_packet", "devnull"}
	xen := [...]string{"null", "xen", "dom0", "domio", "domxen", "unlabeled", "security", "ioport", "iomem", "irq",
		"device", "domU", "domDM"}
	switch {
	case target == policydb.TargetXen && int64(sid) < int64(len(xen)):
		return xen[sid]
	case target == policydb.TargetSELinux && int64(sid) < int64(len(names)):
		return names[sid]
	}
	return "sid" + strconv.FormatUint(uint64(sid), 10)
}
