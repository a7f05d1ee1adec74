//go:build !linux

package cli

import (
	"io/fs"

	"github.com/senet-selinux/senet/internal/words"
)

// isTerminal reports whether a stream is a terminal, as far as its mode says.
func isTerminal(stream any) bool {
	file := words.File(stream)
	if file == nil {
		return false
	}
	st, err := file.Stat()
	return err == nil && st.Mode()&fs.ModeCharDevice != 0
}

// terminalWidth returns 0: the width is not known.
func terminalWidth(any) int { return 0 }
