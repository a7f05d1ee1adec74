package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

const planLong = `Compare a policy store with a file that says which local records and modules it
shall have, and say what senet apply would change, for whom.

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
  users:
    - {name: web_u, roles: user_r staff_r, range: s0-s0:c0.c9}
  logins:
    - {name: ann, user: web_u}
  fcontexts:
    - {path: "/srv/web(/.*)?", files: d, type: httpd_sys_content_t}
  equivalences:
    - {path: /srv/www, like: /var/www}
  permissive:
    - {type: web_t}
  modules:
    - {name: web, file: web.te}
    - {name: games, state: disabled}
    - name: own
      priority: 300
      cil: |
        (allow web_t http_port_t (tcp_socket (name_bind)))
  exclusive: [port]

The file is YAML or JSON; - is standard input. Absent takes a local record away:
what the policy itself says then holds. What the file does not name stays as it
is, except local records of the kinds under exclusive, which are deleted. The
file of a module is NAME.cil, NAME.pp or NAME.te, beside this one; a module of
the distribution, of priority 100, is not local.

--out writes the file again, bound to the store as it is now and to the modules
as they are: senet apply refuses it once something else has changed one of them.
--export prints what senet state export prints.

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
				return flags.export(streams, &output)
			}
			if out == "-" {
				return usage(errors.New("--out takes the name of a file"), "senet apply reads a plan from there")
			}
			w := writeFlags{storeFlags: flags}
			p, err := w.plan(streams, args)
			if err != nil {
				return err
			}
			p.proposal.Close()
			if out != "" {
				if err := p.save(out); err != nil {
					return err
				}
				p.file = out
			}
			if err := output.emit(streams.stdout, func() any { return p.json(false) }, page(p.write)); err != nil {
				return err
			}
			if p.proposal.Changed() {
				return errPending
			}
			return nil
		},
	}
	flags.register(cmd.Flags())
	flags.registerHost(cmd.Flags())
	registerPlan(cmd.Flags(), &out, &export)
	output.register(cmd.Flags())
	return cmd
}

func registerPlan(flags *pflag.FlagSet, out *string, export *bool) {
	flags.StringVar(out, "out", "", "write the plan to `FILE`, bound to the store as it is")
	flags.BoolVar(export, "export", false, "print the local state as such a file")
}

// A statePlan is a file and the necessary change of the store.
type statePlan struct {
	flags    *writeFlags
	file     string
	state    *statefile.State
	base     change.Base
	proposal *change.Proposal
}

// command returns the command that makes the change.
func (p *statePlan) command() shell.Command {
	return shell.New("senet", "apply").Arg(p.file).With(p.flags.repeatWrite())
}

// plan reads a file and prepares the change, which must be closed or committed.
func (f *writeFlags) plan(streams ioStreams, args []string) (*statePlan, error) {
	if len(args) != 1 {
		return nil, usage(fmt.Errorf("the command takes one file, not %d", len(args)),
			"for example: senet plan web.yaml; senet plan --help shows such a file")
	}
	state, err := readState(streams.stdin, args[0])
	if err != nil {
		return nil, err
	}
	p := &statePlan{flags: f, file: args[0], state: state}
	store, err := f.openChange(streams)
	if err != nil {
		return nil, err
	}
	var modules func(*modstore.Tx) error
	if state.HasModules() {
		modules = func(tx *modstore.Tx) error { return p.problem(state.PutModules(tx, p.source(streams))) }
	}
	p.proposal, err = f.propose(store, streams, modules, func(tx *semanage.Tx) error { return p.stage(store, tx) })
	return p, err
}

// source returns what reads the files of modules, whose names count from the place of the
// state file on.
func (p *statePlan) source(streams ioStreams) func(string) (*statefile.Source, error) {
	return func(file string) (*statefile.Source, error) {
		m, err := readModule(streams, statefile.Beside(p.file, file))
		if err != nil {
			return nil, err
		}
		return &statefile.Source{Name: m.Name, Lang: m.Lang, Data: m.Source}, nil
	}
}

// problem gives an error about what a file says its exit code and a way out.
func (p *statePlan) problem(err error) error {
	var known *problem
	if err == nil || errors.As(err, &known) {
		return err
	}
	err = fmt.Errorf("%s: %w", inputName(p.file), err)
	if errors.Is(err, statefile.ErrInvalid) || errors.Is(err, semanage.ErrSyntax) {
		return usage(err, "senet plan --help shows such a file")
	}
	return p.flags.moduleProblem(err)
}

// stage puts the content of the file into a transaction of its store.
func (p *statePlan) stage(store *change.Store, tx *semanage.Tx) error {
	var err error
	if p.base, err = store.Base(); err != nil {
		return p.flags.storeProblem(err)
	}
	if err := p.state.CheckBase(inputName(p.file), statefile.Base(p.base)); err != nil {
		return unreadable(err, "senet plan makes a new one")
	}
	return p.problem(p.state.Put(tx))
}

func (p *statePlan) json(applied bool) any { return doc.PlanOf(p.base, p.proposal, applied) }

// write prints the changes and the next command.
func (p *statePlan) write(b *words.Page) {
	if !p.proposal.Changed() {
		b.Printf("same  store %s is as %s says: nothing to do\n", p.base.Store, inputName(p.file))
		return
	}
	p.writeChange(b)
	b.Command("next", p.command())
}

// writeChange prints the changes, a line each, and the domains that they affect.
func (p *statePlan) writeChange(b *words.Page) {
	say.Plan(b, p.proposal)
}

// save writes the file bound to the store's state.
func (p *statePlan) save(name string) error {
	bound, err := p.state.Bound(p.file, statefile.Base(p.base))
	if err != nil {
		return unreadable(err, "")
	}
	var text bytes.Buffer
	if err := bound.Write(&text); err != nil {
		return unreadable(err, "")
	}
	if err := sysroot.Save(name, text.Bytes(), 0o644); err != nil {
		return unreadable(err, "")
	}
	return nil
}

func readState(stdin io.Reader, name string) (*statefile.State, error) {
	text, err := readInput(name, stdin)
	if err != nil {
		return nil, err
	}
	s, err := statefile.Read(inputName(name), bytes.NewReader(text))
	if err != nil {
		return nil, unreadable(err, "senet plan --help shows such a file")
	}
	return s, nil
}
