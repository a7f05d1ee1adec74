// Package policyfile finds and opens the policy that a command is to ask: a
// file that was named, the running kernel's, or the one installed on a system.
package policyfile

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
)

// ErrNone is returned where no policy was named and the system has none.
var ErrNone = errors.New("no SELinux policy found on this system")

// Running is where the kernel shows the policy it has loaded.
const Running = "/sys/fs/selinux/policy"

// A File is a policy of a system.
type File struct {
	root sysroot.Root
	name string
}

// Path returns the path of the file, as this machine has it.
func (f File) Path() string { return f.root.Path(f.name) }

// Open reads and decodes the policy. Links of another system stay in it.
func (f File) Open() (*policydb.Policy, error) { return open(f.root, f.name) }

// Find returns the policy of the system under root ("" or "/" for this one): the
// running kernel's, which only this system has, else the highest version that its
// configured policy type has installed.
func Find(root string) (File, error) {
	r, err := sysroot.Open(root)
	if err != nil {
		return File{}, ErrNone
	}
	if r.Live() {
		if f, err := r.Open(Running, sysroot.MaxPolicy); err == nil {
			f.Close()
			return File{r, Running}, nil
		}
	}
	return installed(r)
}

// Installed returns the highest version that the configured policy type of the system
// under root has installed, whatever a kernel runs.
func Installed(root string) (File, error) {
	r, err := sysroot.Open(root)
	if err != nil {
		return File{}, ErrNone
	}
	return installed(r)
}

func installed(r sysroot.Root) (File, error) {
	dir := "/etc/selinux/" + r.SELinuxType() + "/policy"
	names, err := r.ReadDir(dir, maxVersions)
	if err != nil {
		return File{}, ErrNone
	}
	best, found := -1, ""
	for _, name := range names {
		if v, ok := strings.CutPrefix(name, "policy."); ok {
			if n, err := strconv.Atoi(v); err == nil && n > best {
				best, found = n, name
			}
		}
	}
	if found == "" {
		return File{}, ErrNone
	}
	return File{r, path.Join(dir, found)}, nil
}

// maxVersions bounds the files of a directory of installed policies.
const maxVersions = 4096

// Type returns SELINUXTYPE of the system's /etc/selinux/config, "targeted" if it
// does not say, as libselinux does.
func Type(root string) string {
	r, err := sysroot.Open(root)
	if err != nil {
		return sysroot.DefaultType
	}
	return r.SELinuxType()
}

// Named returns the policy that was named by its path: its links lead where they
// lead on this system.
func Named(path string) File { return File{sysroot.Root{}, path} }

// Open reads and decodes the policy that was named by its path.
func Open(path string) (*policydb.Policy, error) { return Named(path).Open() }

func open(r sysroot.Root, name string) (*policydb.Policy, error) {
	f, err := r.Open(name, sysroot.MaxPolicy)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	db, err := policydb.Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Path(name), err)
	}
	return db, nil
}
