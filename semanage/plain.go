package semanage

import (
	"fmt"
	"path"
)

// Plain refuses a store of another root that a program should not be let loose on
// that knows nothing of the wall around it: libsemanage follows links wherever they
// lead, opens whatever it finds, and runs the programs that semanage.conf names. All
// of the store, and of /etc/selinux, has to be regular files and directories. The
// running system's store is its own affair. The error wraps [ErrUnsafe].
func (s *Store) Plain() error {
	if s.root.Live() {
		return nil
	}
	if s.config.foreign != "" {
		return fmt.Errorf("%w by programs: semanage.conf of the image has %s", ErrUnsafe, s.config.foreign)
	}
	for _, dir := range []string{s.dir, path.Join(s.config.StoreRoot, "final"), "/etc/selinux"} {
		real, err := s.root.Resolve(dir)
		switch {
		case isGone(err):
			continue
		case err != nil:
			return storeError(err)
		case real != dir:
			return fmt.Errorf("%w by programs: %s leads through a link", ErrUnsafe, s.display(dir))
		}
		if err := s.plain(dir); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) plain(dir string) error {
	names, err := s.root.ReadDir(dir, 0)
	if err != nil {
		return storeError(err)
	}
	for _, name := range names {
		child := path.Join(dir, name)
		info, err := s.root.Lstat(child)
		switch {
		case err != nil:
			return storeError(err)
		case info.IsDir():
			err = s.plain(child)
		case !info.Mode().IsRegular():
			err = fmt.Errorf("%w by programs: %s is no regular file", ErrUnsafe, s.display(child))
		case info.Size() > maxPolicy:
			err = fmt.Errorf("%w by programs: %s is larger than %d bytes", ErrUnsafe, s.display(child), maxPolicy)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
