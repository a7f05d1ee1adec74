package host

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A NetNS is a network namespace.
type NetNS struct {
	// Inode identifies the namespace, as lsns prints it; 0 if unknown.
	Inode uint64 `json:"inode"`
	// Name is the name that was asked for: a process id or a name of ip netns. "" means senet's own namespace.
	Name string `json:"name,omitempty"`
	// Initial is true for the namespace in which the machine booted.
	Initial bool `json:"initial"`
}

// parseNetNS reads the target of the link /proc/PID/ns/net: net:[4026531833].
func parseNetNS(link string) (uint64, bool) { return parseNamespace(link, "net") }

func parseNamespace(link, kind string) (uint64, bool) {
	s, ok := strings.CutPrefix(link, kind+":[")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(s, "]"), 10, 64)
	return n, err == nil
}

// netNSFile returns the file of a network namespace. name is a process id, or the name of a namespace of ip netns.
func (r Root) netNSFile(name string) (string, error) {
	if pid, err := strconv.ParseUint(name, 10, 31); err == nil {
		return fmt.Sprintf("/proc/%d/ns/net", pid), nil
	}
	if name == "" || strings.ContainsRune(name, '/') || name == "." || name == ".." {
		return "", fmt.Errorf("%q is neither a process id nor the name of a network namespace", name)
	}
	return "/run/netns/" + name, nil
}

// maxNetNS bounds the network namespaces that one Read inspects.
const maxNetNS = 64

// A netNSEntry is a network namespace and a file with which to enter it.
type netNSEntry struct {
	inode uint64
	file  string
}

// netNamespaces lists the network namespaces that processes are in or that ip netns keeps, each
// once, by inode. partial is true if some could not be inspected.
func (r *reader) netNamespaces() (list []netNSEntry, partial bool) {
	add := func(inode uint64, file string) {
		if slices.ContainsFunc(list, func(e netNSEntry) bool { return e.inode == inode }) {
			return
		}
		list = append(list, netNSEntry{inode, file})
	}
	pids, err := r.root.pids()
	partial = err != nil
	for _, pid := range pids {
		file := fmt.Sprintf("/proc/%d/ns/net", pid)
		link, err := r.root.ReadLink(file)
		if inode, ok := parseNetNS(link); ok {
			add(inode, file)
		} else if !vanished(err) {
			partial = true
		}
	}
	names, _ := r.root.ReadDir("/run/netns", maxConfFiles)
	for _, name := range names {
		file := "/run/netns/" + name
		if inode, err := r.root.inode(file); err == nil {
			add(inode, file)
		}
	}
	slices.SortFunc(list, func(a, b netNSEntry) int {
		switch {
		case a.inode < b.inode:
			return -1
		case a.inode > b.inode:
			return 1
		}
		return 0
	})
	return list, partial
}

// readOtherNetNS searches the other network namespaces for SECMARK rules and labelled IPsec. The kernel counts them
// over all namespaces (selinux_secmark_refcount, selinux_xfrm_refcount), so one in another namespace makes it check
// packets here.
func (r *reader) readOtherNetNS(f *facts) {
	const from = "/proc/*/ns/net"
	all, partial := r.netNamespaces()
	failed := error(nil)
	read := 0
	for _, ns := range all {
		if f.NetNS != nil && ns.inode == f.NetNS.Inode {
			continue
		}
		if read == maxNetNS {
			failed = fmt.Errorf("more than %d network namespaces", maxNetNS)
			break
		}
		err := r.enter(ns.file, func() error {
			rules, _, err := r.secmarkRules()
			if err != nil {
				return err
			}
			labels, err := r.askIPsec()
			if err != nil {
				return needs(err, "CAP_NET_ADMIN")
			}
			where := fmt.Sprintf(" in network namespace %d", ns.inode)
			for _, rule := range rules {
				rule.From += where
				f.SecmarkRules = append(f.SecmarkRules, rule)
			}
			for _, label := range labels {
				label.From += where
				f.IPsec = append(f.IPsec, label)
			}
			return nil
		})
		if err != nil && !vanished(err) {
			failed = err
			break
		}
		read++
	}
	f.Secmark = f.Secmark || len(f.SecmarkRules) > 0
	f.PeerLabelling = f.PeerLabelling || len(f.IPsec) > 0
	switch {
	case failed != nil:
		f.missing(FactOtherNetNS, from, failed)
	case partial:
		f.missing(FactOtherNetNS, from,
			errors.New("the namespaces of some processes cannot be seen without CAP_SYS_PTRACE"))
	default:
		f.from(FactOtherNetNS, HowRead, from, plural(read, "other network namespace"))
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
