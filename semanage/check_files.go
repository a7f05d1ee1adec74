package semanage

import (
	"io/fs"
	"path"
	"slices"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// maxChecked bounds the files of a store that are looked at.
const maxChecked = 200_000

// trusted goes through all files of the store and of the installed policy, modules and contexts
// included. It looks for files that somebody besides the owner of the store could change, and for
// anything that is neither a file nor a directory. What a directory protects is found too: it may
// be opened some day.
func (c *checker) trusted() {
	s := c.s
	walk := &checkWalk{checker: c, owners: s.owners(), groups: s.groups(), left: maxChecked}
	for _, top := range []string{s.dir, s.etc} {
		walk.below(top)
	}
}

// A checkWalk goes through the files of a store.
type checkWalk struct {
	*checker
	owners, groups []int
	left           int
}

// below looks at all that is in a directory.
func (w *checkWalk) below(dir string) {
	names, err := w.s.root.ReadDir(dir, w.left)
	if err != nil {
		if !isGone(err) {
			w.once(dir, err)
		}
		return
	}
	w.left -= len(names)
	for _, name := range names {
		name = path.Join(dir, name)
		info, err := w.s.root.Lstat(name)
		if err != nil {
			continue // it went meanwhile
		}
		switch mode := info.Mode(); {
		case mode&fs.ModeSymlink != 0:
			continue // what it leads to is looked at where it is read
		case !mode.IsRegular() && !mode.IsDir():
			w.once(name, &sysroot.KindError{Path: w.s.display(name), Mode: mode})
			continue
		}
		err = trustedOwner(w.s.display(name), info, w.owners)
		if uid, gid, ok := info.Owner(); err == nil && ok && info.Mode().Perm()&0o020 != 0 &&
			!slices.Contains(w.groups, gid) {
			err = &UnsafeError{Path: w.s.display(name), Group: true, UID: uid, GID: gid}
		}
		if err != nil {
			w.once(name, err)
		}
		if info.IsDir() && w.left > 0 {
			w.below(name)
		}
	}
}

// once notes an error about a file, the first time only.
func (w *checkWalk) once(name string, err error) {
	shown := w.s.display(name)
	if !slices.ContainsFunc(w.list, func(f Finding) bool { return f.Path == shown }) {
		w.add(name, err)
	}
}
