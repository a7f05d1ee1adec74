// Package kernelcli is the personalities that stand for the programs of libselinux and
// policycoreutils which look at the running kernel's policy and change it: getsebool,
// setsebool and load_policy, with their flags, output and exit codes (3.4).
//
// setsebool -P is a transaction of package semanage, so that it takes a fraction of
// setsebool's time. load_policy does not downgrade a policy for an older kernel: it
// takes the newest installed one that the kernel reads.
package kernelcli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

// The exit codes.
const (
	exitDone   = 0
	exitUsage  = 1
	exitLoad   = 2   // of load_policy
	exitFailed = 255 // -1 for the programs themselves
)

// A Host is what the personalities work on.
type Host struct {
	// Kernel is the mount point of selinuxfs, "" for where Linux mounts it.
	Kernel semanage.SELinuxFS
	// Root is the directory that has /etc/selinux and the store, "" for "/".
	Root           string
	Stdout, Stderr io.Writer
}

// GetSEBool is [Host.GetSEBool] of this system.
func GetSEBool(args []string, stdout, stderr io.Writer) int {
	return (&Host{Stdout: stdout, Stderr: stderr}).GetSEBool(args)
}

// SetSEBool is [Host.SetSEBool] of this system.
func SetSEBool(args []string, stdout, stderr io.Writer) int {
	return (&Host{Stdout: stdout, Stderr: stderr}).SetSEBool(args)
}

// LoadPolicy is [Host.LoadPolicy] of this system.
func LoadPolicy(args []string, stdout, stderr io.Writer) int {
	return (&Host{Stdout: stdout, Stderr: stderr}).LoadPolicy(args)
}

func (h *Host) kernel() semanage.SELinuxFS {
	if h.Kernel == "" {
		return "/sys/fs/selinux"
	}
	return h.Kernel
}

// enabled says, in the program's name, where SELinux is not enabled.
func (h *Host) enabled(program string) bool {
	if h.kernel().Enabled() {
		return true
	}
	fmt.Fprintf(h.Stderr, "%s:  SELinux is disabled\n", program)
	return false
}

// subs returns the former names of booleans with their present ones.
func (h *Host) subs() map[string]string {
	root, err := sysroot.Open(h.Root)
	if err != nil {
		return nil
	}
	name := filepath.Join("/etc/selinux", root.SELinuxType(), "booleans.subs_dist")
	text, err := root.ReadFile(name, sysroot.MaxConfig)
	if err != nil {
		return nil
	}
	return semanage.ParseBooleanSubs(text)
}

// letters reads options of one letter, of those in known, as getopt does: among the
// other arguments, which are returned. ok is false for one that is not known.
func (h *Host) letters(program, known string, args []string) (given string, rest []string, ok bool) {
	for i, arg := range args {
		switch {
		case arg == "--":
			return given, append(rest, args[i+1:]...), true
		case len(arg) < 2 || arg[0] != '-':
			rest = append(rest, arg)
			continue
		}
		for _, letter := range arg[1:] {
			if !strings.ContainsRune(known, letter) {
				fmt.Fprintf(h.Stderr, "%s: invalid option -- '%c'\n", program, letter)
				return given, rest, false
			}
			given += string(letter)
		}
	}
	return given, rest, true
}

// GetSEBool prints the values of booleans that the kernel has.
func (h *Host) GetSEBool(args []string) int {
	usage := func() int {
		fmt.Fprintln(h.Stderr, "usage:  getsebool -a or getsebool boolean...")
		return exitUsage
	}
	given, names, ok := h.letters("getsebool", "a", args)
	if !ok {
		return usage()
	}
	if !h.enabled("getsebool") {
		return exitUsage
	}
	dir := filepath.Join(string(h.kernel()), "booleans")
	if strings.Contains(given, "a") {
		entries, err := os.ReadDir(dir)
		if err != nil {
			fmt.Fprintf(h.Stderr, "getsebool:  Unable to get boolean names:  %v\n", err)
			return exitFailed
		}
		names = nil
		for _, e := range entries {
			names = append(names, e.Name())
		}
		slices.Sort(names)
	} else if len(names) == 0 {
		return usage()
	}
	subs := h.subs()
	for _, name := range names {
		if sub, ok := subs[name]; ok {
			name = sub
		}
		text, err := sysroot.Root{}.ReadFile(filepath.Join(dir, filepath.Base(name)), sysroot.MaxConfig)
		values := strings.Fields(string(text))
		if err != nil || len(values) != 2 || filepath.Base(name) != name {
			fmt.Fprintf(h.Stderr, "Error getting active value for %s\n", name)
			return exitFailed
		}
		pending := ""
		if values[0] != values[1] {
			pending = " pending: " + onOff(values[1])
		}
		fmt.Fprintf(h.Stdout, "%s --> %s%s\n", name, onOff(values[0]), pending)
	}
	return exitDone
}

func onOff(digit string) string {
	if digit == "1" {
		return "on"
	}
	return "off"
}

// SetSEBool changes booleans: in the kernel, and with -P in the store too.
func (h *Host) SetSEBool(args []string) int {
	usage := func() int {
		fmt.Fprintln(h.Stderr, "\nUsage:  setsebool [ -NPV ] boolean value | bool1=val1 bool2=val2...")
		return exitUsage
	}
	given, rest, ok := h.letters("setsebool", "PNV", args)
	switch {
	case !ok:
		return usage()
	case len(rest) == 0:
		fmt.Fprintln(h.Stderr, "Error: boolean name required")
		return usage()
	case !strings.Contains(rest[0], "=") && len(rest) != 2:
		return usage()
	case !strings.Contains(rest[0], "="):
		rest = []string{rest[0] + "=" + rest[1]}
	}
	var list []semanage.Boolean
	for _, arg := range rest {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			fmt.Fprintf(h.Stderr, "setsebool: '=' not found in boolean expression %s\n", arg)
			return exitFailed
		}
		on := value == "1" || strings.EqualFold(value, "true") || strings.EqualFold(value, "on")
		if !on && value != "0" && !strings.EqualFold(value, "false") && !strings.EqualFold(value, "off") {
			fmt.Fprintf(h.Stderr, "setsebool: illegal value %s for boolean %s\n", value, name)
			return exitFailed
		}
		list = append(list, semanage.Boolean{Name: name, On: on})
	}
	err := error(nil)
	if strings.Contains(given, "P") {
		err = h.keep(list, strings.Contains(given, "N"))
	} else {
		err = h.set(list)
	}
	if err != nil {
		fmt.Fprintf(h.Stderr, "setsebool: %v\n", err)
		return exitFailed
	}
	return exitDone
}

// set changes booleans in the kernel alone.
func (h *Host) set(list []semanage.Boolean) error {
	if !h.kernel().Enabled() {
		return errors.New("could not change active booleans: SELinux is disabled")
	}
	subs := h.subs()
	for i := range list {
		if sub, ok := subs[list[i].Name]; ok {
			list[i].Name = sub
		}
		name := list[i].Name
		_, err := os.Lstat(filepath.Join(string(h.kernel()), "booleans", filepath.Base(name)))
		if err != nil || filepath.Base(name) != name {
			return fmt.Errorf("could not change active booleans: invalid boolean %s", name)
		}
	}
	return h.kernel().SetBooleans(list)
}

// keep makes booleans so in the store, and in the kernel.
func (h *Host) keep(list []semanage.Boolean, noReload bool) error {
	s, err := semanage.Open(semanage.Options{Root: h.Root, NoReload: noReload})
	if err != nil {
		return err
	}
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	defer tx.Close()
	for _, b := range list {
		err := tx.Set(b)
		if errors.Is(err, semanage.ErrNotDefined) {
			return fmt.Errorf("boolean %s is not defined", b.Name)
		}
		if err != nil {
			return err
		}
	}
	_, err = tx.Commit()
	return err
}
