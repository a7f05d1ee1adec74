package kernelcli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// maxPolicy bounds an installed policy; the largest known have some MB.
const maxPolicy = 256 << 20

// LoadPolicy gives the kernel the installed policy. With -i, which a system's first
// program asks for, it makes the kernel enforcing or permissive as
// /etc/selinux/config says.
func (h *Host) LoadPolicy(args []string) int {
	given, rest, ok := h.letters("load_policy", "bqi", args)
	if !ok {
		fmt.Fprintln(h.Stderr, "usage:  load_policy [-qi]")
		return exitUsage
	}
	if len(rest) > 0 {
		fmt.Fprintf(h.Stderr, "load_policy:  Warning!  Policy file argument (%s) is no longer supported, "+
			"installed policy is always loaded.  Continuing...\n", rest[0])
	}
	initial := strings.Contains(given, "i")
	err := h.load()
	if err == nil && initial {
		err = h.enforce()
	}
	if err != nil {
		fmt.Fprintf(h.Stderr, "load_policy:  Can't load policy:  %v\n", err)
		return exitLoad
	}
	return exitDone
}

// load loads the newest installed policy that the kernel reads.
func (h *Host) load() error {
	root, err := sysroot.Open(h.Root)
	if err != nil {
		return err
	}
	k := h.kernel()
	highest, err := k.MaxVersion()
	if err != nil {
		return err
	}
	dir := filepath.Join("/etc/selinux", root.SELinuxType(), "policy")
	names, err := root.ReadDir(dir, 0)
	if err != nil {
		return err
	}
	best := 0
	for _, name := range names {
		version, ok := strings.CutPrefix(name, "policy.")
		if n, err := strconv.Atoi(version); ok && err == nil && n > best && n <= highest {
			best = n
		}
	}
	if best == 0 {
		return fmt.Errorf("%s has no policy of version %d or older: %w", root.Path(dir), highest, os.ErrNotExist)
	}
	image, err := root.ReadFile(filepath.Join(dir, "policy."+strconv.Itoa(best)), maxPolicy)
	if err != nil {
		return err
	}
	return k.Load(image)
}

// enforce sets the mode that the configuration says.
func (h *Host) enforce() error {
	root, err := sysroot.Open(h.Root)
	if err != nil {
		return err
	}
	text, err := root.ReadFile("/etc/selinux/config", sysroot.MaxConfig)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "SELINUX=")
		switch value = strings.ToLower(strings.TrimSpace(value)); {
		case !ok:
		case strings.HasPrefix(value, "enforcing"):
			return os.WriteFile(filepath.Join(string(h.kernel()), "enforce"), []byte("1"), 0)
		case strings.HasPrefix(value, "permissive"):
			return os.WriteFile(filepath.Join(string(h.kernel()), "enforce"), []byte("0"), 0)
		}
	}
	return nil
}
