package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/version"
	"github.com/senet-selinux/senet/internal/words"
)

const versionLong = `Print which senet this is: its version, the commit it was built from, the
versions of the binary policy that it reads and writes, and the Linux versions
on which its model of the kernel's network checks is judged.

Exit status: 0 printed, 64 a mistake in the command.`

const versionExamples = `  senet version
  senet version --json`

func newVersion(io ioStreams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Long:    versionLong,
		Example: versionExamples,
		Args:    exactArgs(0, "senet version"),
		RunE: func(*cobra.Command, []string) error {
			info := version.Get()
			if asJSON {
				return writeJSON(io.stdout, doc.Version{
					Schema: "senet.version/1", Version: info.Version, Commit: info.Commit, Go: info.Go,
					Platform: info.Platform,
					Policy:   doc.VersionRange{Min: info.PolicyMin, Max: info.PolicyMax}, Kernels: info.Kernels,
				})
			}
			return writeVersion(io.stdout, info)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func writeVersion(w io.Writer, info version.Info) error {
	words.Fprintf(w, "senet %s\n", info.Version)
	if info.Commit != "" {
		words.Fprintf(w, "commit   %s\n", info.Commit)
	}
	words.Fprintf(w, "built    %s for %s\n", info.Go, info.Platform)
	words.Fprintf(w, "policy   versions %d to %d\n", info.PolicyMin, info.PolicyMax)
	_, err := words.Fprintf(w, "kernel   network checks as of Linux %s\n", strings.Join(info.Kernels, " and "))
	return err
}
