package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

const logLong = `List the changes that senet made in the policy store, the newest first: the
number of its transaction, which senet undo takes, the time, and what it was
for. The last transaction of semanage as a personality of senet is listed too;
what other programs changed is not known.

Exit status: 0 changes are listed, 1 there are none, 65 the store cannot be
read.`

const logExamples = `  senet log
  senet log --json`

func newLog(streams ioStreams) *cobra.Command {
	var flags writeFlags
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "log",
		Long:    logLong,
		Example: logExamples,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := flags.openChange(streams)
			if err != nil {
				return err
			}
			list, err := s.History()
			if err != nil {
				return flags.changeProblem(err)
			}
			slices.Reverse(list)
			if err := output.emit(streams.stdout, func() any { return doc.LogOf(s.Records().Name(), list) },
				page(func(b *words.Page) { say.History(b, list) })); err != nil {
				return err
			}
			if len(list) == 0 {
				return errNo
			}
			return nil
		},
	}
	flags.storeFlags.register(cmd.Flags())
	output.register(cmd.Flags())
	return cmd
}
