package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

const psLong = `List the processes of this machine with their domain, their unit and the ports
they wait on, each port with what the policy says of waiting there today.

The kernel's threads are left out without -e. With -Z the columns are those of
ps -eZ: LABEL, PID, TTY, TIME, CMD. Ports of other users' processes take root.

Exit status: 0 processes were listed, 1 none was, 64 a mistake in the command,
65 a policy that cannot be read.`

const psExamples = `  senet ps
  senet ps -eZ
  senet ps --ports --json`

func newPS(streams ioStreams) *cobra.Command {
	var flags psFlags
	cmd := &cobra.Command{
		Use:     "ps",
		Long:    psLong,
		Example: psExamples,
		Args:    exactArgs(0, "senet ps -eZ"),
		RunE: func(*cobra.Command, []string) error {
			l, err := flags.list(streams.stderr)
			if err != nil {
				return err
			}
			notes := say.ProcessNotes(l.ProcessList, l.noPolicy)
			json := func() any { return doc.ProcessesOf(l.ProcessList, l.policyName, notes) }
			err = flags.output.emit(streams.stdout, json, page(func(b *words.Page) {
				if flags.labels {
					say.ProcessLabels(b, l.Processes)
					return
				}
				say.Processes(b, l.ProcessList)
				for _, n := range notes {
					b.Printf("note  %s\n", words.Wrap(n, 6))
				}
			}))
			if err == nil && len(l.Processes)+len(l.Unseen) == 0 {
				err = errNo
			}
			return err
		},
	}
	cmd.Flags().StringVar(&flags.policy.path, "policy", "", "ask the binary policy in `FILE`")
	cmd.Flags().StringArrayVar(&flags.policy.bools, "bool", nil,
		"ask as if a boolean were set: `NAME=on|off`; may be repeated")
	cmd.Flags().BoolVarP(&flags.every, "every", "e", false, "list the kernel's threads as well")
	cmd.Flags().BoolVarP(&flags.labels, "context", "Z", false, "print the columns of ps -eZ")
	cmd.Flags().BoolVar(&flags.ports, "ports", false, "list only processes that hold an internet socket")
	flags.output.register(cmd.Flags())
	return cmd
}

type psFlags struct {
	policy               policyFlags
	output               outputFlags
	every, labels, ports bool
}

// A psList is the processes and the answers about them.
type psList struct {
	*senet.ProcessList
	policyName string // "" if no policy was used
	noPolicy   bool   // none can be read
}

// list reads the processes and asks about their ports.
func (f *psFlags) list(stderr io.Writer) (*psList, error) {
	l := &psList{}
	o := senet.ProcessOptions{KernelThreads: f.every, OnlyPorts: f.ports, NoSockets: f.labels}
	// Without SELinux there is no question, and the list says so.
	o.Policy = func(found *senet.ProcessList) (*policy.Policy, error) {
		if f.policy.path == "" && !found.Labelled {
			return nil, nil
		}
		if f.policy.path == "" {
			if _, err := policyfile.Find(""); errors.Is(err, policyfile.ErrNone) {
				l.noPolicy = true
				return nil, nil
			}
		}
		s, err := f.policy.openSession(stderr)
		if err != nil {
			return nil, err
		}
		l.policyName = s.Source().Name
		return s.Policy(), nil
	}
	var err error
	l.ProcessList, err = senet.Processes(context.Background(), o)
	return l, err
}
