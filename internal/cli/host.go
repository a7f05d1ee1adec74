package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

const hostLong = `Print the facts of a machine that the kernel's network checks depend on, each
with where it came from: the kernel, the state of SELinux, the parameters of the
network namespace, NetLabel, labelled IPsec, SECMARK rules, interfaces.

What could not be read is listed with the assumption that stands in for it.
Some of it takes root: the rules of the packet filter, IPsec, other processes.

Exit status: 0 the facts were printed, 64 a mistake in the command, 65 a file or
a network namespace that cannot be read.`

const hostExamples = `  senet host
  senet host --save web1.json
  senet host --host web1.json --json
  senet host --root /mnt/image
  senet host --netns 812`

func newHost(io ioStreams) *cobra.Command {
	var flags hostFlags
	var save string
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "host",
		Long:    hostLong,
		Example: hostExamples,
		Args:    exactArgs(0, "senet host --save web1.json"),
		RunE: func(*cobra.Command, []string) error {
			flags.routes = true
			f, err := flags.read()
			if err != nil {
				return err
			}
			if flags.root != "" {
				addInstalled(&f, flags.root)
			}
			if save != "" {
				if err := host.Save(save, f); err != nil {
					return unreadable(fmt.Errorf("facts not saved: %w", err), "")
				}
			}
			return output.emit(io.stdout, func() any { return doc.HostOf(&f) },
				page(func(b *words.Page) { say.Host(b, &f) }))
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&save, "save", "", "write the facts to `FILE`, which --host reads")
	output.register(cmd.Flags())
	return cmd
}

// hostFlags choose the machine whose facts are read.
type hostFlags struct {
	file  string
	root  string
	netns string
	// routes reads the routing tables even if no check depends on them today.
	routes bool
}

func (f *hostFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "host", "", "take the facts that were saved in `FILE`")
	cmd.Flags().Var((*rootFlag)(&f.root), "root", "read the system under the directory `DIR`")
	cmd.Flags().StringVar(&f.netns, "netns", "", "read the network namespace of the process or of the name `PID|NAME`")
}

// read returns the facts that the flags select: of this machine, if none is set.
func (f *hostFlags) read() (host.Facts, error) {
	if f.file != "" && (f.root != "" || f.netns != "") || f.root != "" && f.netns != "" {
		return host.Facts{}, usage(errors.New("--host, --root and --netns exclude one another"), "")
	}
	if f.file != "" {
		facts, err := host.Load(f.file)
		if err != nil {
			hint := words.Lines("")
			if errors.Is(err, host.ErrNotFacts) {
				hint = "senet host --save FILE writes such a file"
			}
			return facts, unreadable(err, hint)
		}
		return facts, nil
	}
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return host.Facts{}, unreadable(err, "")
	}
	facts, err := host.Read(host.Options{Root: root, NetNS: f.netns, Routes: f.routes})
	if err != nil {
		return facts, unreadable(err, netnsHint)
	}
	return facts, nil
}
