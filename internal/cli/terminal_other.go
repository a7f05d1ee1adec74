//go:build !linux

package cli

import (
	"io/fs"
	"os"
)

// isTerminal reports whether a stream is a terminal, as far as its mode says.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	st, err := file.Stat()
	return err == nil && st.Mode()&fs.ModeCharDevice != 0
}
