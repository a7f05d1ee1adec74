package cli

import (
	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/semanage"
)

const interfaceLong = `List and change the labels of network interfaces in the policy store, with the
verbs and the flags of semanage interface. The kernel asks for them where
networking is labelled, by NetLabel or IPsec, and nowhere else.

  list [NAME...]       records
  add, modify, delete  as semanage does; adding what is so, or deleting what
                       is not there, is nothing to do
  set                  make it so, whichever of add and modify that needs
                       (both refuse a name that no interface can have)
  deleteall, export, import [FILE], --undo   as in senet port

Before a change a person is asked; where nobody is, nothing is changed without
--yes.

Exit status: 0 done, nothing to do, or something is listed, 1 nothing to list or
to take back, 2 --dry-run, or nobody said yes: changes are pending, 64 a mistake
in the command, 65 the store cannot be read or changed.`

const interfaceExamples = `  senet interface set -t netif_t eth0
  senet interface -a -t netif_t -r s0-s0:c0.c1023 eth0
  senet interface list --local`

func newInterface(streams ioStreams) *cobra.Command {
	f := contextFlags{
		kind: semanage.Interfaces, what: "the name of an interface",
		example: "for example: senet interface add -t netif_t eth0",
	}
	cmd := &cobra.Command{
		Use:       "interface [VERB] [NAME...]",
		Long:      interfaceLong,
		Example:   interfaceExamples,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: verbNames(),
		RunE:      func(cmd *cobra.Command, args []string) error { return f.do(streams, cmd, args) },
	}
	f.registerContext(cmd.Flags())
	return cmd
}
