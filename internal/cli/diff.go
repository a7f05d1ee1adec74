package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/diffreport"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/sides"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydiff"
)

const diffLong = `Say what changes from one policy to another: which domains gain and lose ports,
what is dangerous among what they gain, which domains are permissive, booleans,
labels of ports, transitions, types; and how many rules differ, which --rules
lists.

BEFORE and AFTER are a policy file, a directory that holds a system or is a
policy store, a file that senet host --save wrote (the system's policy on that
machine), or running, installed or example. --bool and --with say what would be
in AFTER. Types are compared by name, ports by the label that the
kernel finds, rules by what they grant to types: an optimised build does not
differ from a plain one. Two systems are compared in how they label files too.

--rules lists every pair of types whose rules differ, --causes the rules as they
are written, with the attribute that gained or lost members; --modules names the
module and the line. The gates --fail-on-new-access and --fail-on-lost-access
take a scope: words of bind and connect, of tcp, udp, sctp and dccp, and names
of domains and attributes, as in bind,tcp,sshd_t; or dangerous.

Exit status: 0 there is no difference, 1 there is one, 64 a mistake in the
command, 65 a policy that cannot be read. With --fail-on-new-access or
--fail-on-lost-access: 1 where a domain gains or loses ports in the scope,
else 0.`

const diffExamples = `  senet diff /etc/selinux/targeted/policy/policy.33 new/policy.33
  senet diff installed new/policy.33 --fail-on-lost-access=bind --accept ok.txt
  senet diff installed installed --with web.te --causes --modules
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
	with            []string
	causes          bool
	origins         bool
	from            string
	format          string
	before, after   *sides.Side
	list            diffreport.Listing
	machine         senet.Machine
	report          *policydiff.Report // nil until needed
	found           bool               // a differing rule or statement was printed
	newScope        policydiff.Scope
	lostScope       policydiff.Scope
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
	flags.BoolVar(&f.causes, "causes", false,
		"list the rules as they are written by which something is gained or lost")
	flags.BoolVar(&f.origins, "modules", false,
		"name the module and the line of each rule of --causes: the modules of the sides' stores are compiled")
	flags.StringVar(&f.from, "modules-from", "", "--modules, for AFTER the files NAME.cil in the directory `DIR`")
	flags.StringArrayVar(&f.with, "with", nil,
		"install a module in AFTER first, in memory: `FILE` NAME.cil, NAME.pp or NAME.te; may be repeated")
	flags.StringVar(&f.path, "policy", "", "the policy of a side that is a saved machine is in `FILE`")
	flags.StringVar(&f.format, "format", "text", "report as `FORM`: text, markdown or sarif")
	flags.BoolVar(&f.lines, "lines", false, "print the ports one line for each domain, as --accept reads them")
	flags.BoolVarP(&f.all, "all", "a", false, "leave nothing out of long lists")
	flags.StringVar(&f.newAccess, "fail-on-new-access", "",
		"exit 1 only where ports are gained: `SCOPE` any, or words of bind, connect, tcp, DOMAIN, dangerous")
	flags.StringVar(&f.lost, "fail-on-lost-access", "", "exit 1 only where ports are lost: `SCOPE`")
	flags.Lookup("fail-on-new-access").NoOptDefVal, flags.Lookup("fail-on-lost-access").NoOptDefVal = "any", "any"
	flags.StringVar(&f.accept, "accept", "", "leave out the gains and losses of ports in `FILE`: lines of --lines")
	f.output.register(flags)
	return cmd
}

func (f *diffFlags) run(streams ioStreams, args []string) error {
	var err error
	if f.format != "text" && (f.output.json || f.format != "markdown" && f.format != "sarif") {
		return usage(fmt.Errorf("--format %s: text, markdown or sarif, and not with --json", f.format), "")
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
	if err = f.scopes(); err != nil {
		return err
	}
	f.list = diffreport.Listing{Before: f.before.Policy(), After: f.after.Policy(), Cells: f.rules, Causes: f.causes}
	if f.list.Modules, err = f.modules(); err != nil {
		return err
	}
	if !f.rules && !f.causes || f.lines || f.output.json || f.format != "text" || f.gates() {
		if err = f.compare(); err != nil {
			return err
		}
	}
	if err = f.output.emit(streams.stdout, f.json, f.write); err != nil {
		return err
	}
	return f.verdict()
}

// compare makes the report. A list of rules does not need it.
func (f *diffFlags) compare() (err error) {
	if f.machine, err = f.before.Machine(context.Background()); err != nil {
		return err
	}
	f.report, err = sides.Compare(context.Background(), f.before, f.after)
	if err == nil {
		f.report.Without(f.accepted)
	}
	return err
}

// gates reports whether the exit status depends on ports only.
func (f *diffFlags) gates() bool { return f.newAccess != "" || f.lost != "" }

// verdict returns errNo if there is a difference that counts.
func (f *diffFlags) verdict() error {
	if f.found && !f.gates() {
		return errNo
	}
	if f.report == nil {
		if err := f.compare(); err != nil {
			return err
		}
	}
	gains := f.newAccess != "" && f.report.Gains(&f.newScope)
	loses := f.lost != "" && f.report.Loses(&f.lostScope)
	if gains || loses || !f.gates() && !f.report.Empty() {
		return errNo
	}
	return nil
}

// scopes reads the scopes of the gates.
func (f *diffFlags) scopes() (err error) {
	before, after := f.before.Policy(), f.after.Policy()
	if f.newScope, err = policydiff.ParseScope(f.newAccess, before, after); err != nil {
		return usage(words.Errorf("--fail-on-new-access=%s: %v", f.newAccess, err), "")
	}
	if f.lostScope, err = policydiff.ParseScope(f.lost, before, after); err != nil {
		return usage(words.Errorf("--fail-on-lost-access=%s: %v", f.lost, err), "")
	}
	return nil
}

// side opens one of the policies.
func (f *diffFlags) side(name string, after bool) (*sides.Side, error) {
	flags := policyFlags{machineFlags: f.machineFlags}
	r := sides.Request{Policy: f.path}
	if after {
		flags.bools, r.With = f.bools, f.with
	}
	var err error
	if r.Options, err = flags.options(); err != nil {
		return nil, err
	}
	s, err := sides.Open(context.Background(), name, r)
	var found *compile.Errors
	switch {
	case errors.Is(err, sides.ErrName):
		return nil, usage(err, "")
	case errors.Is(err, sides.ErrNoSystem):
		return nil, usage(err, "--with needs running, installed, or the directory of a system, as AFTER")
	case errors.As(err, &found):
		return nil, unreadable(words.Errorf("%s", say.CompileErrors(found, say.FewErrors)), "")
	case errors.Is(err, host.ErrNotFacts):
		return nil, unreadable(err, "senet host --save FILE writes such a file")
	case err != nil:
		return nil, openProblem(err)
	}
	return s, nil
}

func (f *diffFlags) json() any {
	d := doc.DiffOf(f.before.Source().Name, f.after.Source().Name, &f.machine.Host, f.report)
	if (f.rules || f.causes) && !f.report.Identical {
		f.list.AddTo(d)
	}
	return d
}

func (f *diffFlags) write(w io.Writer) error {
	var b words.Page
	before, after := f.before.Source().Name, f.after.Source().Name
	switch {
	case f.format == "markdown":
		return words.Data(w, []byte(diffreport.Markdown(before, after, f.report)))
	case f.format == "sarif":
		return words.Data(w, diffreport.SARIF(after, f.report, &f.list))
	case f.rules || f.causes:
		var err error
		f.found, err = f.list.Write(w)
		return err
	case f.lines:
		for _, line := range f.report.PortLines() {
			b.Printf("%s\n", line)
		}
	default:
		say.Diff(&b, f.report, f.all)
	}
	_, err := b.WriteTo(w)
	return err
}

// modules compiles the modules of both sides, if the flags ask for it.
func (f *diffFlags) modules() ([2]*provenance.Finder, error) {
	finders, err := sides.Finders(f.before, f.after, f.origins, f.from)
	switch {
	case errors.Is(err, provenance.ErrNoSources):
		return finders, unreadable(err,
			"--modules needs systems with a store; --modules-from DIR names the files of AFTER")
	case err != nil:
		return finders, unreadable(err, "")
	}
	return finders, nil
}
