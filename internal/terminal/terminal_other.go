//go:build !linux

package terminal

import (
	"io/fs"

	"github.com/senet-selinux/senet/internal/words"
)

// Is reports whether a stream is a terminal, as far as its mode says.
func Is(stream any) bool {
	file := words.File(stream)
	if file == nil {
		return false
	}
	st, err := file.Stat()
	return err == nil && st.Mode()&fs.ModeCharDevice != 0
}

// width returns 0: the width is not known.
func width(any) int { return 0 }
