package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/terminal"
	"github.com/senet-selinux/senet/internal/words"
)

// registerLook adds the flags for the form of the text, which every command has.
func registerLook(root *cobra.Command, streams ioStreams) {
	color := terminal.Colour("auto")
	root.PersistentFlags().Var(&color, "color", "colour the verdict: `WHEN`, auto, always or never")
	root.SetGlobalNormalizationFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "proto" { // semanage's name
			name = "protocol"
		}
		return pflag.NormalizedName(name)
	})
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if out, ok := streams.stdout.(*words.Stream); ok {
			asJSON := cmd.Flags().Lookup("json")
			out.SetColour(color.On(out) && (asJSON == nil || !asJSON.Changed))
			if width := terminal.Width(out); width > 0 {
				out.SetWidth(width)
			}
		}
	}
}
