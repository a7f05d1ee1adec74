package change

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/senet-selinux/senet/semanage"
)

// fileError wraps a file error with its meaning for the store, as package semanage does.
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

// writable asks whether the store's directory may be written to, and changes nothing.
func (s *Store) writable() error {
	return fileError(s.files.root.Writable(s.files.dir))
}

// isGone reports whether an error is that a file does not exist.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
