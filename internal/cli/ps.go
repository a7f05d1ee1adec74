package cli

import (
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
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
			switch {
			case flags.quiet:
			case flags.json:
				err = writeJSON(streams.stdout, l.json())
			case flags.labels:
				err = l.writeLabels(streams.stdout)
			default:
				err = l.write(streams.stdout)
			}
			if err == nil && len(l.entries)+len(l.unseen) == 0 {
				err = errNo
			}
			return err
		},
	}
	cmd.Flags().StringVar(&flags.policy.path, "policy", "", "ask the binary policy in `FILE`")
	cmd.Flags().StringArrayVar(&flags.policy.bools, "bool", nil, "ask as if a boolean were set: `NAME=on|off`; may be repeated")
	cmd.Flags().BoolVarP(&flags.every, "every", "e", false, "list the kernel's threads as well")
	cmd.Flags().BoolVarP(&flags.labels, "context", "Z", false, "print the columns of ps -eZ")
	cmd.Flags().BoolVar(&flags.ports, "ports", false, "list only processes that hold an internet socket")
	cmd.Flags().BoolVar(&flags.json, "json", false, "print the list as JSON")
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "print nothing")
	return cmd
}

type psFlags struct {
	policy                            policyFlags
	every, labels, ports, json, quiet bool
}

// A psList is the processes with everything that is printed of them.
type psList struct {
	policyName string // "" where no policy was asked
	host       host.Facts
	entries    []psEntry
	unseen     []host.Socket // that wait, held by nobody who can be seen
	notes      []string
}

type psEntry struct {
	host.Process
	domain     string // the type of the context
	permissive bool   // by the policy
	sockets    []psSocket
}

// A psSocket is a socket of a process; verdict is "" where none can be given.
type psSocket struct {
	host.Socket
	operation network.Operation
	verdict   network.Verdict
	label     string // the type of the port
	reason    string
}

// list reads the processes and asks about their ports.
func (f *psFlags) list(stderr io.Writer) (*psList, error) {
	root, err := host.OpenRoot("")
	if err != nil {
		return nil, err
	}
	facts, err := host.Read(host.Options{})
	if err != nil {
		return nil, err
	}
	processes, err := root.Processes()
	if err != nil {
		return nil, unreadable(err, "")
	}
	l := &psList{host: facts}
	var sockets []host.Socket
	if !f.labels {
		sockets, l.notes = root.Sockets(processes)
	}
	d, err := f.decider(l, processes, stderr)
	if err != nil {
		return nil, err
	}
	byPID := map[int][]host.Socket{}
	for _, s := range sockets {
		if len(s.PIDs) == 0 && s.Waiting() {
			l.unseen = append(l.unseen, s)
		}
		for _, pid := range s.PIDs {
			byPID[pid] = append(byPID[pid], s)
		}
	}
	for _, p := range processes {
		held := byPID[p.PID]
		if p.Kernel && !f.every || f.ports && len(held) == 0 {
			continue
		}
		l.entries = append(l.entries, l.entry(d, p, held))
	}
	return l, nil
}

// decider opens the policy that is in force. Where there is no SELinux there is
// nothing to ask, and the list says so.
func (f *psFlags) decider(l *psList, processes []host.Process, stderr io.Writer) (*access.Decider, error) {
	labelled := slices.ContainsFunc(processes, func(p host.Process) bool { return p.Context != "" })
	if !labelled {
		why := "no process shows a context"
		if l.host.SELinuxOff() {
			why = "SELinux is off on this machine: processes have no context and nothing is denied"
		}
		l.notes = append(l.notes, why)
		if f.policy.path == "" {
			return nil, nil
		}
	}
	if f.policy.path == "" {
		if _, err := policyfile.Find(""); errors.Is(err, policyfile.ErrNone) {
			l.notes = append(l.notes, "no policy can be read, so there are no verdicts; --policy FILE names one")
			return nil, nil
		}
	}
	p, name, err := f.policy.open(stderr)
	if err != nil {
		return nil, err
	}
	l.policyName = name
	return access.NewDecider(p), nil
}

// entry asks about the ports of one process.
func (l *psList) entry(d *access.Decider, p host.Process, held []host.Socket) psEntry {
	e := psEntry{Process: p, domain: typeOf(p.Context)}
	var context policy.Context
	known := false
	if d != nil && p.Context != "" {
		if c, err := d.Policy().ParseContext(p.Context); err == nil {
			context, known = c, true
			e.permissive = d.Policy().IsPermissive(policy.TypeID(c.Type))
		}
	}
	for _, s := range held {
		entry := psSocket{Socket: s}
		if s.Waiting() {
			entry.operation = waitingAs(s)
			if known {
				l.ask(d, context, &entry)
			}
		}
		e.sockets = append(e.sockets, entry)
	}
	return e
}

// waitingAs is what a program did to make a socket wait.
func waitingAs(s host.Socket) network.Operation {
	if s.State == "LISTEN" {
		return network.Listen
	}
	return network.Bind
}

// ask asks whether the process may wait at the socket's port.
func (l *psList) ask(d *access.Decider, context policy.Context, s *psSocket) {
	q := network.Question{
		Subject: context, Operation: s.operation, Protocol: network.Protocol(s.Protocol),
		Port: s.Local.Port(), Addr: s.Local.Addr(), Machine: network.Machine{Host: l.host},
	}
	if c, err := d.Policy().ParseContext(s.Context); err == nil && s.Context != "" {
		q.SocketLabel = &c
	}
	if l.host.NetNS != nil && s.NetNS != 0 && s.NetNS != l.host.NetNS.Inode {
		s.reason = words.Sprintf("asked with the parameters of network namespace %d", l.host.NetNS.Inode)
	}
	a, err := network.Ask(d, q)
	if err != nil {
		s.reason = err.Error() // a protocol that is not asked about
		return
	}
	s.verdict = a.Verdict
	s.label = d.Policy().TypeName(policy.TypeID(a.Port.Context.Type))
	if denied := a.FirstDenied(); denied != nil {
		s.reason = denied.Class + " " + denied.Perm
	} else if a.Permissive {
		s.reason = "the policy denies it, and permissive mode lets it pass"
	}
}
