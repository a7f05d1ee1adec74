package change

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/senet-selinux/senet/semanage"
)

// fileError wraps a file error with the matching error of package semanage.
func fileError(err error) error {
	for _, known := range []struct{ is, means error }{
		{fs.ErrPermission, semanage.ErrPermission},
		{syscall.EROFS, semanage.ErrReadOnly},
		{syscall.ENOSPC, semanage.ErrNoSpace},
		{syscall.EDQUOT, semanage.ErrNoSpace},
	} {
		if errors.Is(err, known.is) && !errors.Is(err, known.means) {
			return fmt.Errorf("%w: %w", known.means, err)
		}
	}
	return err
}

// writable checks whether the store's directory can be written, without a change.
func (s *Store) writable() error {
	return fileError(s.files.root.Writable(s.files.dir))
}

// isGone reports whether an error says that a file does not exist.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
