// Package policyfile finds and opens the policy that a command is to ask: a
// file that was named, the running kernel's, or the one installed on a system.
package policyfile

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// ErrNone is returned where no policy was named and the system has none.
var ErrNone = errors.New("no SELinux policy found on this system")

// Running is where the kernel shows the policy it has loaded.
const Running = "/sys/fs/selinux/policy"

// Find returns the path of the policy of the system under root ("" or "/" for
// this one): the running kernel's, which only this system has, else the
// highest version that its configured policy type has installed.
func Find(root string) (string, error) {
	if root == "" || root == "/" {
		if f, err := os.Open(Running); err == nil {
			f.Close()
			return Running, nil
		}
	}
	dir := filepath.Join("/", root, "etc/selinux", Type(root), "policy")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", ErrNone
	}
	best, path := -1, ""
	for _, e := range entries {
		if v, ok := strings.CutPrefix(e.Name(), "policy."); ok {
			if n, err := strconv.Atoi(v); err == nil && n > best {
				best, path = n, filepath.Join(dir, e.Name())
			}
		}
	}
	if path == "" {
		return "", ErrNone
	}
	return path, nil
}

// Type returns SELINUXTYPE of the system's /etc/selinux/config, "targeted" if
// it does not say, as libselinux does.
func Type(root string) string {
	typ := "targeted"
	f, err := os.Open(filepath.Join("/", root, "etc/selinux/config"))
	if err != nil {
		return typ
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if v, ok := strings.CutPrefix(strings.TrimSpace(s.Text()), "SELINUXTYPE="); ok {
			typ = strings.TrimSpace(v)
		}
	}
	// The value becomes part of a path.
	if typ == "" || strings.ContainsRune(typ, '/') || typ == ".." {
		return "targeted"
	}
	return typ
}

// Open reads and decodes the policy at path.
func Open(path string) (*policydb.Policy, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errors.New("is a directory")}
	}
	db, err := policydb.Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return db, nil
}
