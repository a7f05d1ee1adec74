package kernel

import (
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// modules are the kernel modules that the machine loads if they are not built in: the way to
// the host first, then protocols and what makes SECMARK rules.
var modules = [...]string{"virtio_pci", "virtio_console", "sctp", "dccp_ipv4", "dccp_ipv6", "smc", "vsock",
	"vsock_loopback", "xfrm_user",
	"nf_tables", "nft_objref", "nft_ct", "nft_compat", "nf_conntrack", "ip_tables", "ip6_tables", "iptable_mangle",
	"iptable_security",
	"ip6table_mangle", "ip6table_security", "xt_SECMARK", "xt_CONNSECMARK", "xt_conntrack", "xt_multiport", "xt_tcpudp",
	"nft_chain_nat", "iptable_raw", "ip6table_raw", "xt_CT", "xt_comment", "xt_iprange", "xt_sctp"}

// A module is a kernel module, ready to be loaded.
type module struct {
	name  string
	image []byte
}

// loadOrder returns the modules under a directory that have the wanted names,
// each behind those that it depends on. Names that are not there are built into
// the kernel, or the kernel does not have them.
func loadOrder(ctx context.Context, dir string, wanted []string) ([]module, error) {
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if name, _, ok := strings.Cut(filepath.Base(path), ".ko"); ok {
			files[strings.ReplaceAll(name, "-", "_")] = path
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var list []module
	var add func(name string) error
	add = func(name string) error {
		name = strings.ReplaceAll(name, "-", "_")
		path, ok := files[name]
		if !ok || slices.ContainsFunc(list, func(m module) bool { return m.name == name }) {
			return nil
		}
		image, err := readModule(ctx, path)
		if err != nil {
			return fmt.Errorf("module %s: %w", name, err)
		}
		needs, err := depends(image)
		if err != nil {
			return fmt.Errorf("module %s: %w", name, err)
		}
		for _, need := range needs {
			if err := add(need); err != nil {
				return err
			}
		}
		list = append(list, module{name, image})
		return nil
	}
	for _, name := range wanted {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readModule(ctx context.Context, path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(path) {
	case ".xz":
		return decompress(ctx, []string{"xz", "-dc"}, b)
	case ".zst":
		return decompress(ctx, []string{"zstd", "-dc"}, b)
	}
	return b, nil
}

// depends returns the modules that a module says it depends on.
func depends(image []byte) ([]string, error) {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no section .modinfo")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for entry := range strings.SplitSeq(string(info), "\x00") {
		if list, ok := strings.CutPrefix(entry, "depends="); ok && list != "" {
			return strings.Split(list, ","), nil
		}
	}
	return nil, nil
}
