package cli

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

const diffLong = `Say what changes from one policy to another: which domains gain and lose ports,
what is dangerous among what they gain, which domains are permissive, booleans,
labels of ports, transitions, types; and how many rules differ, which --rules
lists.

A policy is a file, a directory that holds a system, or one of running,
installed and example. Types are compared by name, ports by the label that the
kernel finds, rules by what they grant to types: an optimised build does not
differ from a plain one.

Exit status: 0 there is no difference, 1 there is one, 64 a mistake in the
command, 65 a policy that cannot be read. With --fail-on-new-access or
--fail-on-lost-access: 1 where a domain gains or loses ports, else 0.`

const diffExamples = `  senet diff /etc/selinux/targeted/policy/policy.33 new/policy.33
  senet diff installed new/policy.33 --fail-on-lost-access=bind --accept ok.txt
  senet diff example example --bool httpd_can_network_connect=on --rules`

// diffFlags are the flags of senet diff.
type diffFlags struct {
	policyFlags
	output          outputFlags
	accepted        policydiff.Accepted
	rules, all      bool
	lines           bool
	newAccess, lost string
	accept          string
	before, after   *senet.Session
	machine         senet.Machine
	report          *policydiff.Report // nil until something needs it
	found           bool               // a rule or statement that differs was printed
	newAccessOf     network.Operation
	lostOf          network.Operation
}

func newDiff(streams ioStreams) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:     "diff BEFORE AFTER",
		Long:    diffLong,
		Example: diffExamples,
		Args:    exactArgs(2, "senet diff installed new/policy.33"),
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(streams, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.bools, "bool", nil, "set a boolean in AFTER first: `NAME=on|off`; may be repeated")
	flags.StringVar(&f.file, "host", "", "answer for the machine whose facts are in `FILE`")
	flags.BoolVar(&f.rules, "rules", false, "list the rules that differ, expanded to types")
	flags.BoolVar(&f.lines, "lines", false, "print the ports one line for each domain, as --accept reads them")
	flags.BoolVarP(&f.all, "all", "a", false, "leave nothing out of long lists")
	flags.StringVar(&f.newAccess, "fail-on-new-access", "",
		"exit 1 only where ports are gained: `any`, bind or connect")
	flags.StringVar(&f.lost, "fail-on-lost-access", "", "exit 1 only where ports are lost: `any`, bind or connect")
	flags.Lookup("fail-on-new-access").NoOptDefVal, flags.Lookup("fail-on-lost-access").NoOptDefVal = "any", "any"
	flags.StringVar(&f.accept, "accept", "", "leave out the gains and losses of ports in `FILE`: lines of --lines")
	f.output.register(flags)
	return cmd
}

func (f *diffFlags) run(streams ioStreams, args []string) error {
	err := f.scopes()
	if err != nil {
		return err
	}
	if f.accept != "" {
		text, err := readInput(f.accept, streams.stdin)
		if err != nil {
			return err
		}
		if f.accepted, err = policydiff.ParseAccepted(string(text)); err != nil {
			return unreadable(words.Errorf("%s: %v", inputName(f.accept), err), "")
		}
	}
	if f.before, err = f.side(args[0], false); err != nil {
		return err
	}
	if f.after, err = f.side(args[1], true); err != nil {
		return err
	}
	if !f.rules || f.lines || f.output.json || f.gates() {
		if err = f.compare(); err != nil {
			return err
		}
	}
	if err = f.output.emit(streams.stdout, f.json, f.write); err != nil {
		return err
	}
	return f.verdict()
}

// compare makes the report. Rules alone are told without it.
func (f *diffFlags) compare() (err error) {
	if f.machine, err = f.before.Machine(context.Background()); err != nil {
		return err
	}
	if f.report, err = f.before.Diff(context.Background(), f.after); err != nil {
		return err
	}
	f.report.Without(f.accepted)
	return nil
}

// gates reports whether the exit status is about ports alone.
func (f *diffFlags) gates() bool { return f.newAccess != "" || f.lost != "" }

// scopes reads what the gates are about.
func (f *diffFlags) scopes() error {
	for _, gate := range []struct {
		flag, text string
		op         *network.Operation
	}{{"--fail-on-new-access", f.newAccess, &f.newAccessOf}, {"--fail-on-lost-access", f.lost, &f.lostOf}} {
		switch gate.text {
		case "", "any":
		case string(network.Bind), string(network.Connect):
			*gate.op = network.Operation(gate.text)
		default:
			return usage(words.Errorf("%s=%s: not any, bind or connect", gate.flag, gate.text), "")
		}
	}
	return nil
}

// verdict is errNo where there is a difference that counts.
func (f *diffFlags) verdict() error {
	if f.found && !f.gates() {
		return errNo
	}
	if f.report == nil {
		if err := f.compare(); err != nil {
			return err
		}
	}
	gains := f.newAccess != "" && f.report.Gains(f.newAccessOf)
	loses := f.lost != "" && f.report.Loses(f.lostOf)
	if gains || loses || !f.gates() && !f.report.Empty() {
		return errNo
	}
	return nil
}

// side opens one of the policies.
func (f *diffFlags) side(name string, bools bool) (*senet.Session, error) {
	flags := policyFlags{machineFlags: f.machineFlags}
	if bools {
		flags.bools = f.bools
	}
	o, err := flags.options()
	if err != nil {
		return nil, err
	}
	switch info, statErr := os.Stat(name); {
	case name == "running":
		o.Policy = policyfile.Running
	case name == "installed":
		file, err := policyfile.Installed("")
		if err != nil {
			return nil, unreadable(err, "")
		}
		o.Policy = file.Path()
	case name != exampleName && statErr == nil && info.IsDir():
		o.Root = name
	case name == "":
		return nil, usage(errors.New("a policy without a name"), "")
	default:
		o.Policy = name
	}
	s, err := senet.Open(context.Background(), o)
	if err != nil {
		return nil, openProblem(err)
	}
	return s, nil
}

func (f *diffFlags) json() any {
	d := doc.DiffOf(f.before.Source().Name, f.after.Source().Name, &f.machine.Host, f.report)
	if f.rules && !f.report.Identical {
		for r := range f.ruleChanges() {
			d.Rules = append(d.Rules, doc.DiffRuleOf(&r))
		}
		for part, c := range f.statementChanges() {
			d.Statements = append(d.Statements, doc.DiffStatementOf(part.String(), &c))
		}
	}
	return d
}

// ruleChanges yields all differences of rules.
func (f *diffFlags) ruleChanges() iter.Seq[policydiff.RuleChange] {
	const all = policy.AccessRules | policy.TypeRules | policy.XPermRules
	return policydiff.New(f.before.Policy(), f.after.Policy()).Rules(all)
}

// statementChanges yields all differences of the other parts.
func (f *diffFlags) statementChanges() iter.Seq2[policydiff.Part, policydiff.StatementChange] {
	return func(yield func(policydiff.Part, policydiff.StatementChange) bool) {
		for _, part := range policydiff.Parts() {
			for _, c := range policydiff.Changes(f.before.Policy(), f.after.Policy(), part) {
				if !yield(part, c) {
					return
				}
			}
		}
	}
}

func (f *diffFlags) write(w io.Writer) error {
	var b words.Page
	switch {
	case f.lines:
		for _, line := range f.report.PortLines() {
			b.Printf("%s\n", line)
		}
	case f.rules && policydiff.Identical(f.before.Policy(), f.after.Policy()):
	case f.rules:
		for r := range f.ruleChanges() {
			f.found = true
			b.Printf("%c %s\n", r.Sign(), say.RuleChange(&r))
			if b.Len() > 1<<16 {
				if _, err := b.WriteTo(w); err != nil {
					return err
				}
			}
		}
		for _, c := range f.statementChanges() {
			f.found = true
			b.Printf("%s\n", say.StatementChange(&c))
		}
	default:
		say.Diff(&b, f.report, f.all)
	}
	_, err := b.WriteTo(w)
	return err
}
