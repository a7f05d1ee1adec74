package cli

import (
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/words"
)

// A colorFlag says when a verdict has a colour: auto, always or never.
type colorFlag string

func (c *colorFlag) String() string { return string(*c) }

// Type names the flag's value in help texts.
func (c *colorFlag) Type() string { return "string" }

// Set sets the value from the command line.
func (c *colorFlag) Set(text string) error {
	switch text {
	case "auto", "always", "never":
		*c = colorFlag(text)
		return nil
	}
	return fmt.Errorf("not auto, always or never")
}

// on reports whether a stream gets colours.
func (c colorFlag) on(stream any) bool {
	switch c {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(stream)
}

// registerLook adds the flags for the form of the text, which every command has.
func registerLook(root *cobra.Command, streams ioStreams) {
	color := colorFlag("auto")
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
			out.SetColour(color.on(out) && (asJSON == nil || !asJSON.Changed))
			if width := textWidth(out); width > 0 {
				out.SetWidth(width)
			}
		}
	}
}

// textWidth returns the width of a terminal, or the value of COLUMNS; 0 if there is
// neither.
func textWidth(stream any) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return terminalWidth(stream)
}
