package pp

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

func (w *writer) sidName(n uint32) string {
	if n < uint32(len(sids)) && (w.release < Release36 || !oldSIDs[n]) {
		return sids[n]
	}
	return "UNKNOWN" + strconv.FormatUint(uint64(n), 10)
}

// initialSIDs writes the initial SIDs with their labels and their order.
func (w *writer) initialSIDs(all []Context) {
	if len(all) == 0 {
		return
	}
	label := func(x *Context) {
		w.put("(sidcontext ", w.sidName(x.Numbers[0]), " ")
		w.label(&x.Labels[0])
		w.put(")\n")
	}
	if w.release >= Release310 {
		w.numberedSIDs(all, label)
		return
	}
	for i := range all {
		w.line(0, "(sid ", w.sidName(all[i].Numbers[0]), ")")
		label(&all[i])
	}
	w.put("(sidorder (")
	for i := len(all) - 1; i >= 0; i-- {
		w.put(w.sidName(all[i].Numbers[0]), " ")
	}
	w.put("))\n")
}

// maxSID bounds the number of an initial SID if all below it are written.
const maxSID = 1 << 16

// numberedSIDs writes all SIDs up to the last one in the order of their numbers.
func (w *writer) numberedSIDs(all []Context, label func(*Context)) {
	last := uint32(0)
	at := map[uint32]*Context{}
	for i := range all {
		last = max(last, all[i].Numbers[0])
		at[all[i].Numbers[0]] = &all[i]
	}
	if last > maxSID {
		w.failf("there is no initial SID %d", last)
		return
	}
	for n := uint32(1); n <= last; n++ {
		w.line(0, "(sid ", w.sidName(n), ")")
	}
	w.put("(sidorder (")
	for n := uint32(1); n <= last; n++ {
		if n > 1 {
			w.put(" ")
		}
		w.put(w.sidName(n))
	}
	w.put("))\n")
	for n := uint32(1); n <= last; n++ {
		if x := at[n]; x != nil {
			label(x)
		}
	}
}

var behaviors = []string{"", "xattr", "trans", "task"}

// protocolName returns CIL's name of a protocol with port labels, "" for all others.
func protocolName(number uint32) string {
	switch number {
	case 6:
		return "tcp"
	case 17:
		return "udp"
	case 33:
		return "dccp"
	case 132:
		return "sctp"
	}
	return ""
}

// numberRange returns one number, or a list of two.
func numberRange(low, high uint32) string {
	if low == high {
		return strconv.Itoa(int(low))
	}
	return fmt.Sprintf("(%d %d)", low, high)
}

// context writes one label.
func (w *writer) context(table int, x *Context) {
	n := &x.Numbers
	switch table {
	case ContextsSID, ContextsFS:
		return
	case ContextsPort:
		protocol := protocolName(n[0] & 0xff) // libsepol keeps only a byte of it
		if protocol == "" {
			w.failf("a port has the protocol %d", n[0]&0xff)
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

// address returns an address as glibc's inet_ntop writes it, which differs from netip for addresses
// that begin with 96 zero bits.
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

// genfs writes the labels of paths: file systems by name, the longest path first.
func (w *writer) genfs() {
	systems := slices.Clone(w.m.FileSystems)
	slices.SortStableFunc(systems, func(a, b FileSystem) int { return cmp.Compare(a.Type, b.Type) })
	for i, f := range systems {
		if i > 0 && f.Type == systems[i-1].Type {
			w.failf("filesystem %s is defined twice", f.Type)
			return
		}
		paths := longestFirst(f.Paths)
		for j := range paths {
			w.path(f.Type, &paths[j])
		}
	}
}

// fileClass returns the name of an object class in a genfscon statement, "" for classes without
// one.
func fileClass(class string) string {
	switch class {
	case "file":
		return "file "
	case "dir":
		return "dir "
	case "chr_file":
		return "char "
	case "blk_file":
		return "block "
	case "sock_file":
		return "socket "
	case "fifo_file":
		return "pipe "
	case "lnk_file":
		return "symlink "
	}
	return ""
}

func (w *writer) path(system string, p *PathLabel) {
	kind := ""
	if p.Class != 0 {
		if kind = fileClass(w.names[Classes][p.Class-1]); kind == "" {
			w.failf("a path of %s has the class %s", system, w.names[Classes][p.Class-1])
			return
		}
	}
	path := p.Path
	if w.release >= Release310 && w.m.Capabilities.Has(genfsWildcard) {
		var ok bool
		if path, ok = strings.CutSuffix(path, "*"); !ok {
			w.failf("the path %s of %s does not end with *", path, system)
			return
		}
	}
	w.put("(genfscon ", system, " \"", path, "\" ", kind)
	w.label(&p.Label)
	w.put(")\n")
}
