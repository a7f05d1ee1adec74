package cli

import (
	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/semanage"
)

const nodeLong = `List and change the labels of nodes (addresses and networks) in the policy
store, with the verbs and the flags of semanage node. bind() asks for the label
of the local address on every kernel; other checks of nodes are made where
networking is labelled.

  list [ADDRESS...]    records; of an address, those that contain it, best first
  add, modify, delete  as semanage does; adding what is so, or deleting what
                       is not there, is nothing to do
  set                  make it so, whichever of add and modify that needs
  deleteall, export, import [FILE], --undo   as in senet port

ADDRESS is 10.0.0.0/8, 2001:db8::/32, or an address with --netmask.

Before a change a person is asked; where nobody is, nothing is changed without
--yes.

Exit status: 0 done, nothing to do, or something is listed, 1 nothing to list or
to take back, 2 --dry-run, or nobody said yes: changes are pending, 64 a mistake
in the command, 65 the store cannot be read or changed.`

const nodeExamples = `  senet node set -t node_t 10.0.0.0/8
  senet node -a -M 255.0.0.0 -p ipv4 -t node_t 10.0.0.0
  senet node list --local`

func newNode(streams ioStreams) *cobra.Command {
	f := contextFlags{kind: semanage.Nodes, what: "an address",
		example: "for example: senet node add -t node_t 10.0.0.0/8"}
	cmd := &cobra.Command{
		Use:       "node [VERB] [ADDRESS...]",
		Long:      nodeLong,
		Example:   nodeExamples,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: verbNames(),
		RunE:      func(cmd *cobra.Command, args []string) error { return f.do(streams, cmd, args) },
	}
	flags := cmd.Flags()
	f.registerContext(flags)
	flags.StringVarP(&f.mask, "netmask", "M", "", "the network `MASK`")
	flags.StringVarP(&f.proto, "protocol", "p", "", "ipv4 or ipv6: the `PROTOCOL`")
	return cmd
}
