package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/words"
)

// Tree returns all commands with their flags and texts, for the manual pages. The caller must not
// run its commands.
func Tree() *cobra.Command {
	none := words.NewStream(io.Discard)
	root := newRoot(ioStreams{strings.NewReader(""), none, none}, nil)
	root.InitDefaultCompletionCmd()
	return root
}
