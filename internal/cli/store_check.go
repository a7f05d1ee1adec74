package cli

import (
	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

const storeLong = `Look after a policy store.

Exit status: that of the command.`

const checkLong = `Read a policy store and say what is wrong with it: a change that was killed and
left something to repair, files that are missing, damaged or no files, local
records that the policy does not have, an installed policy that is not the
store's, a kernel that runs another one, files and directories that others may
write to. Nothing is repaired or changed.

Exit status: 0 nothing is wrong, 1 something is, 64 a mistake in the command,
65 a store that cannot be read.`

const checkExamples = `  senet store check
  senet store check --root /mnt/image --json`

func newStore(streams ioStreams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "store",
		Long:    storeLong,
		Example: "  senet store check\n  senet store check --root /mnt/image --json",
		Args:    exactArgs(0, "senet store check"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStoreCheck(streams))
	return cmd
}

func newStoreCheck(streams ioStreams) *cobra.Command {
	var flags storeFlags
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "what is wrong with the policy store; repairs nothing",
		Long:    checkLong,
		Example: checkExamples,
		Args:    exactArgs(0, "senet store check"),
		RunE: func(*cobra.Command, []string) error {
			s, err := flags.open()
			if err != nil {
				return err
			}
			found, err := s.Check()
			if err != nil {
				return flags.storeProblem(err)
			}
			if err := output.emit(streams.stdout, func() any { return doc.StoreCheckOf(s, found) },
				page(func(b *words.Page) { say.StoreCheck(b, s, found) })); err != nil {
				return err
			}
			if len(found) > 0 {
				return errNo
			}
			return nil
		},
	}
	flags.register(cmd.Flags())
	output.register(cmd.Flags())
	return cmd
}
