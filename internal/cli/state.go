package cli

import (
	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/statefile"
)

const stateLong = `The local state of a policy store as one file: what senet plan compares a store
with and senet apply makes so.

Exit status: that of the command.`

const stateExportLong = `Print the local state of a policy store as a file that senet apply takes: ports,
booleans, nodes, interfaces, users, logins, file contexts, equivalences,
permissive domains and modules. Modules of priority 100 are the distribution's;
of them it says which are disabled. Applied where it comes from, the file
changes nothing. It is YAML, or JSON with --json.

Exit status: 0 done, 64 a mistake in the command, 65 a store that cannot be
read.`

const stateExamples = `  senet state export > web1.yaml
  senet state export --root /mnt/image --json`

func newState(streams ioStreams) *cobra.Command {
	cmd := &cobra.Command{
		Long:    stateLong,
		Example: stateExamples,
		Args:    exactArgs(0, "senet state export"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var flags storeFlags
	var output outputFlags
	export := &cobra.Command{
		Use: "export", Short: "print it", Long: stateExportLong, Example: stateExamples,
		Args: exactArgs(0, "senet state export"),
		RunE: func(*cobra.Command, []string) error { return flags.export(streams, &output) },
	}
	flags.register(export.Flags())
	output.register(export.Flags())
	cmd.AddCommand(export)
	return cmd
}

// export prints the local state as a file.
func (f *storeFlags) export(streams ioStreams, output *outputFlags) error {
	s, err := f.open()
	if err != nil {
		return err
	}
	state, err := statefile.Export(s)
	if err != nil {
		return (&writeFlags{storeFlags: *f}).moduleProblem(err)
	}
	return output.emit(streams.stdout, func() any {
		state.Schema = statefile.Schema
		return state
	}, state.Write)
}
