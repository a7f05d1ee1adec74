package semanage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A Kernel is a kernel that policies are loaded into.
type Kernel interface {
	// Enabled reports whether SELinux runs there.
	Enabled() bool
	// MaxVersion returns the highest policy version it reads.
	MaxVersion() (int, error)
	// Load replaces the policy. The kernel keeps the values of booleans that
	// both policies have (security_preserve_bools).
	Load(policy []byte) error
	// SetBooleans changes the values of booleans, all at once. Those that the
	// kernel does not have are skipped.
	SetBooleans(values []Boolean) error
}

// SELinuxFS is the [Kernel] behind a mounted selinuxfs. Its value is the mount
// point: "/sys/fs/selinux".
type SELinuxFS string

// hostKernel is the directory where Linux mounts selinuxfs.
const hostKernel SELinuxFS = "/sys/fs/selinux"

// Enabled reports whether a selinuxfs is mounted there.
func (k SELinuxFS) Enabled() bool { return isSELinuxFS(string(k)) }

// MaxVersion reads policyvers.
func (k SELinuxFS) MaxVersion() (int, error) {
	b, err := sysroot.Root{}.ReadFile(filepath.Join(string(k), "policyvers"), sysroot.MaxConfig)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(b)))
}

// Policy reads the file policy: the policy that the kernel runs, as the kernel writes it.
func (k SELinuxFS) Policy() ([]byte, error) {
	return sysroot.Root{}.ReadFile(filepath.Join(string(k), "policy"), maxPolicy)
}

// Load writes the policy to the file load, in one piece as sel_write_load wants
// it.
func (k SELinuxFS) Load(policy []byte) error { return k.write("load", policy) }

// SetBooleans writes booleans/NAME and then commit_pending_bools.
func (k SELinuxFS) SetBooleans(values []Boolean) error {
	written := false
	for _, b := range values {
		err := k.write(filepath.Join("booleans", b.Name), []byte(b.digit()))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		written = true
	}
	if !written {
		return nil
	}
	return k.write("commit_pending_bools", []byte("1"))
}

func (k SELinuxFS) write(name string, data []byte) error {
	f, err := os.OpenFile(filepath.Join(string(k), name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	n, err := f.Write(data)
	if err == nil && n < len(data) {
		err = fmt.Errorf("%s: %d of %d bytes written", f.Name(), n, len(data))
	}
	return errors.Join(err, f.Close())
}

// kernel returns the kernel that a commit loads the policy into, nil for none.
func (s *Store) kernel() Kernel {
	if s.options.NoReload {
		return nil
	}
	return s.running()
}

// running returns the kernel that runs the store's policy, nil for none.
func (s *Store) running() Kernel {
	k := s.options.Kernel
	switch {
	case !s.active:
		return nil
	case k == nil && !s.root.Live():
		return nil
	case k == nil:
		k = hostKernel
	}
	if !k.Enabled() {
		return nil
	}
	return k
}

// kernelBooleans returns the values that the kernel is to have of the booleans
// that the transaction is about: of those that have no local record any more,
// the policy's own. Loading a policy keeps the values that booleans have.
func (tx *Tx) kernelBooleans(plan *Plan) []Boolean {
	names := make(map[string]bool, len(tx.booleans))
	for _, b := range tx.booleans {
		names[b.Name] = true
	}
	for _, d := range plan.Differences {
		if b, ok := d.Before.(Boolean); ok && d.After == nil {
			names[b.Name] = true
		}
	}
	policy := &policyNames{db: tx.linked}
	var list []Boolean
	for name := range names {
		t := &tx.local[Booleans]
		if i := t.find(BooleanKey(name)); i >= 0 {
			list = append(list, t.list[i].(Boolean))
		} else if own := policy.boolean(name); own != nil {
			list = append(list, Boolean{Name: name, On: own.State != 0})
		}
	}
	return list
}

// setBooleans changes the values of the booleans that a transaction sets, in an
// order that depends on nothing.
func setBooleans(k Kernel, booleans []Boolean) error {
	sorted := slices.SortedFunc(slices.Values(booleans), func(a,
		b Boolean) int {
		return strings.Compare(a.Name, b.Name)
	})
	return k.SetBooleans(sorted)
}
