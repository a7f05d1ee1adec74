package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

const planLong = `Compare a policy store with a file that says which local records it shall have,
and say what senet apply would change, for whom.

  ports:
    - {type: http_port_t, proto: tcp, port: 5601}
    - {type: myapp_port_t, proto: tcp, port: 8000-8010, range: s0}
    - {proto: tcp, port: 9000, state: absent}
  booleans:
    httpd_can_network_connect: on
  nodes:
    - {type: node_t, address: 10.0.0.0/8}
  interfaces:
    - {type: netif_t, name: eth1}
  exclusive: [port]

The file is YAML or JSON; - is standard input. Absent takes a local record away:
what the policy itself says then holds. What the file does not name stays as it
is, except local records of the kinds under exclusive, which are deleted. --out
writes the file again, bound to the store as it is now: senet apply refuses it
once something else has changed the store. --export prints the local records
that there are as such a file.

Exit status: 0 nothing differs, 2 something does, 64 a mistake in the command or
in what the file asks for, 65 a file or a store that cannot be read.`

const planExamples = `  senet plan web.yaml
  senet plan web.yaml --out web.plan; senet apply web.plan
  senet plan --export > now.yaml`

func newPlan(streams ioStreams) *cobra.Command {
	var flags storeFlags
	var output outputFlags
	var out string
	var export bool
	cmd := &cobra.Command{
		Use:     "plan FILE",
		Long:    planLong,
		Example: planExamples,
		RunE: func(_ *cobra.Command, args []string) error {
			if export {
				if len(args) > 0 || out != "" {
					return usage(errors.New("--export takes no file and no --out"), "")
				}
				return flags.export(streams)
			}
			if out == "-" {
				return usage(errors.New("--out takes the name of a file"), "senet apply reads a plan from there")
			}
			w := writeFlags{storeFlags: flags, dryRun: true}
			p, err := w.plan(streams, args)
			if err != nil {
				return err
			}
			p.tx.Close()
			if out != "" {
				if err := p.save(out); err != nil {
					return err
				}
				p.file = out
			}
			if err := output.emit(streams.stdout, func() any { return p.json(false) }, p.write); err != nil {
				return err
			}
			if len(p.plan.Differences) > 0 {
				return errPending
			}
			return nil
		},
	}
	flags.register(cmd.Flags())
	registerPlan(cmd.Flags(), &out, &export)
	output.register(cmd.Flags())
	return cmd
}

func registerPlan(flags *pflag.FlagSet, out *string, export *bool) {
	flags.StringVar(out, "out", "", "write the plan to `FILE`, bound to the store as it is")
	flags.BoolVar(export, "export", false, "print the local records there are as such a file")
}

// A statePlan is a file and the transaction that would make it so.
type statePlan struct {
	flags   *writeFlags
	file    string
	state   *statefile.State
	tx      *semanage.Tx
	commit  int // the number of the last transaction before
	base    *statefile.Base
	plan    *semanage.Plan
	change  *storeChange
	effects []effect
}

// plan reads a file and prepares the transaction, which has to be closed or
// committed.
func (f *writeFlags) plan(streams ioStreams, args []string) (*statePlan, error) {
	if len(args) != 1 {
		return nil, usage(fmt.Errorf("one file is needed, not %d", len(args)), "for example: senet plan web.yaml; senet plan --help shows such a file")
	}
	state, err := readState(streams.stdin, args[0])
	if err != nil {
		return nil, err
	}
	s, tx, err := f.begin(streams.stderr)
	if err != nil {
		return nil, err
	}
	p := &statePlan{flags: f, file: args[0], state: state, tx: tx}
	if err := p.prepare(s); err != nil {
		tx.Close()
		return nil, err
	}
	return p, nil
}

func (p *statePlan) prepare(s *semanage.Store) error {
	var err error
	if p.commit, err = s.CommitNumber(); err != nil {
		return storeProblem(err)
	}
	commit := p.commit
	if b := p.state.Base; b != nil && (b.Store != s.Name() || b.Commit != commit) {
		return unreadable(fmt.Errorf("%s was made from transaction %d of store %s; this is store %s at transaction %d", p.file, b.Commit, b.Store, s.Name(), commit),
			"senet plan makes a new one")
	}
	if err := p.state.Put(p.tx); err != nil {
		err = fmt.Errorf("%s: %w", p.file, err)
		if errors.Is(err, statefile.ErrInvalid) || errors.Is(err, semanage.ErrSyntax) {
			return usage(err, "senet plan --help shows such a file")
		}
		return storeProblem(err)
	}
	if err := p.compute(); err != nil {
		return err
	}
	kernel, err := s.KernelPolicy()
	if err != nil {
		return storeProblem(err)
	}
	p.base = statefile.BaseOf(s.Name(), commit, kernel.Encode())
	if b := p.state.Base; b != nil && *b != *p.base {
		return unreadable(fmt.Errorf("%s was made from another policy than the one in the store", p.file), "senet plan makes a new one")
	}
	return nil
}

// compute says what the transaction changes, and for whom.
func (p *statePlan) compute() error {
	var err error
	if p.plan, err = p.tx.Plan(); err != nil {
		return storeProblem(err)
	}
	if p.change, err = p.flags.preview(p.tx, p.plan.Differences); err != nil {
		return err
	}
	p.effects, err = p.change.effects(p.plan.Differences)
	return err
}

// save writes the file bound to the store's state.
func (p *statePlan) save(name string) error {
	bound := *p.state
	bound.Base = p.base
	var text bytes.Buffer
	if err := bound.Write(&text); err != nil {
		return unreadable(err, "")
	}
	return saveFile(name, text.Bytes(), 0o644)
}

func readState(stdin io.Reader, name string) (*statefile.State, error) {
	r, shown := stdin, "standard input"
	if name != "-" {
		file, err := sysroot.Root{}.Open(name, sysroot.MaxRecords)
		if err != nil {
			return nil, unreadable(err, "")
		}
		defer file.Close()
		r, shown = file, name
	}
	s, err := statefile.Read(shown, r)
	if err != nil {
		return nil, unreadable(err, "senet plan --help shows such a file")
	}
	return s, nil
}

// export prints the local records as a file.
func (f *storeFlags) export(streams ioStreams) error {
	s, err := f.open()
	if err != nil {
		return err
	}
	var records []semanage.Record
	for _, kind := range statefile.Kinds() {
		list, err := s.Local(kind)
		if err != nil {
			return storeProblem(err)
		}
		records = append(records, list...)
	}
	return statefile.Of(records).Write(streams.stdout)
}
