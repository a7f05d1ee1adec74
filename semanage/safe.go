package semanage

import (
	"io/fs"
	"os"
	"path"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// safe refuses a store that others could change: one of its directories is writable
// by everybody, or belongs to somebody who is neither root nor this process's user
// nor, under another root, the owner of that, as of images that a user builds.
func (s *Store) safe() error {
	owners := s.owners()
	for _, dir := range []string{s.dir, s.path("active"), s.etc, path.Join(s.etc, "policy")} {
		info, err := s.root.Stat(dir)
		switch {
		case isGone(err):
			continue
		case err != nil:
			return storeError(err)
		}
		if err := trusted(s.display(dir), info, owners); err != nil {
			return err
		}
	}
	return nil
}

// owners are the users whose files may be in the store.
func (s *Store) owners() []int {
	owners := []int{0, os.Geteuid()}
	if !s.root.Live() {
		if top, err := s.root.Stat("/"); err == nil {
			if uid, _, ok := top.Owner(); ok {
				owners = append(owners, uid)
			}
		}
	}
	return owners
}

// groups are those whose members may write to the store: root's, this process's, and under
// another root that of its top.
func (s *Store) groups() []int {
	groups := []int{0, os.Getegid()}
	if !s.root.Live() {
		if top, err := s.root.Stat("/"); err == nil {
			if _, gid, ok := top.Owner(); ok {
				groups = append(groups, gid)
			}
		}
	}
	return groups
}

// trusted checks one directory.
func trusted(name string, info sysroot.Info, owners []int) error {
	if !info.IsDir() {
		return &sysroot.KindError{Path: name, Mode: info.Mode(), Want: fs.ModeDir}
	}
	return trustedOwner(name, info, owners)
}

// trustedOwner checks who may change a file or a directory.
func trustedOwner(name string, info sysroot.Info, owners []int) error {
	uid, _, ok := info.Owner()
	if !ok {
		return nil
	}
	if info.Mode().Perm()&0o002 != 0 {
		return &UnsafeError{Path: name, Everybody: true, UID: uid}
	}
	for _, owner := range owners {
		if uid == owner {
			return nil
		}
	}
	return &UnsafeError{Path: name, UID: uid}
}
