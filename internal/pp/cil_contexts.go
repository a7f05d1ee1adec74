package pp

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
)

// sids are the initial SIDs of the kernel, by number: a module has only the numbers.
var sids = []string{"null", "kernel", "security", "unlabeled", "fs", "file", "file_labels", "init", "any_socket",
	"port", "netif", "netmsg", "node", "igmp_packet", "icmp_socket", "tcp_socket", "sysctl_modprobe", "sysctl",
	"sysctl_fs", "sysctl_kernel", "sysctl_net", "sysctl_net_unix", "sysctl_vm", "sysctl_dev", "kmod", "policy",
	"scmp_packet", "devnull"}

func sidName(n uint32) string {
	if n < uint32(len(sids)) {
		return sids[n]
	}
	return "UNKNOWN" + strconv.FormatUint(uint64(n), 10)
}

func (w *writer) sidOrder() {
	all := w.m.Contexts[ContextsSID]
	if len(all) == 0 {
		return
	}
	w.put("(sidorder (")
	for i := len(all) - 1; i >= 0; i-- {
		w.put(sidName(all[i].Numbers[0]), " ")
	}
	w.put("))\n")
}

var (
	protocols = map[uint32]string{6: "tcp", 17: "udp", 33: "dccp", 132: "sctp"}
	behaviors = []string{"", "xattr", "trans", "task"}
)

// numberRange returns one number, or a list of two.
func numberRange(low, high uint32) string {
	if low == high {
		return strconv.Itoa(int(low))
	}
	return fmt.Sprintf("(%d %d)", low, high)
}

// context writes the label of something.
func (w *writer) context(table int, x *Context) {
	n := &x.Numbers
	switch table {
	case ContextsSID:
		name := sidName(n[0])
		w.line(0, "(sid ", name, ")")
		w.put("(sidcontext ", name, " ")
	case ContextsFS:
		return
	case ContextsPort:
		protocol := protocols[n[0]&0xff] // libsepol keeps a byte of it
		if protocol == "" {
			w.failf("a port is of the protocol %d", n[0]&0xff)
			return
		}
		w.put("(portcon ", protocol, " ", numberRange(n[1]&0xffff, n[2]&0xffff), " ")
	case ContextsNetif:
		w.put("(netifcon ", x.Name, " ")
		w.label(&x.Labels[0])
		w.put(" ")
		w.label(&x.Labels[1])
		w.put(")\n")
		return
	case ContextsNode:
		w.put("(nodecon (", address(n[:1]), ") (", address(n[1:2]), ") ")
	case ContextsFSUse:
		w.put("(fsuse ", behaviors[n[0]], " ", x.Name, " ")
	case ContextsNode6:
		w.put("(nodecon (", address(n[:4]), ") (", address(n[4:8]), ") ")
	case ContextsIBPKey:
		w.put("(ibpkeycon ", address([]uint32{n[0], n[1], 0, 0}), " ", numberRange(n[2], n[3]), " ")
	case ContextsIBEndport:
		w.put("(ibendportcon ", x.Name, " ", strconv.Itoa(int(n[0])), " ")
	}
	w.label(&x.Labels[0])
	w.put(")\n")
}

// address returns an address as inet_ntop of glibc does, which differs from netip for
// addresses that begin with 96 bits of 0.
func address(words []uint32) string {
	var b []byte
	for _, v := range words {
		b = binary.LittleEndian.AppendUint32(b, v) // the file has them in network order
	}
	a, _ := netip.AddrFromSlice(b)
	if len(b) == 16 && words[0]|words[1]|words[2] == 0 && (b[12] != 0 || b[13] != 0) {
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	return a.String()
}

// genfs writes the labels of paths: filesystems by name, the longest path first.
func (w *writer) genfs() {
	systems := slices.Clone(w.m.FileSystems)
	slices.SortStableFunc(systems, func(a, b FileSystem) int { return cmp.Compare(a.Type, b.Type) })
	for i, f := range systems {
		if i > 0 && f.Type == systems[i-1].Type {
			w.failf("filesystem %s is there twice", f.Type)
			return
		}
		paths := longestFirst(f.Paths)
		for j := range paths {
			w.path(f.Type, &paths[j])
		}
	}
}

var fileClasses = map[string]string{"file": "file ", "dir": "dir ", "chr_file": "char ", "blk_file": "block ",
	"sock_file": "socket ", "fifo_file": "pipe ", "lnk_file": "symlink "}

func (w *writer) path(system string, p *PathLabel) {
	kind := ""
	if p.Class != 0 {
		if kind = fileClasses[w.names[Classes][p.Class-1]]; kind == "" {
			w.failf("a path of %s is of the class %s", system, w.names[Classes][p.Class-1])
			return
		}
	}
	w.put("(genfscon ", system, " \"", p.Path, "\" ", kind)
	w.label(&p.Label)
	w.put(")\n")
}
