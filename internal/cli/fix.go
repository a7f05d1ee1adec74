package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

const fixLong = `List every change of the policy that would let a refused operation succeed, the
cheapest first, each with its exact cost: which other domains gain or lose
access to which ports, and how many ports the subject itself gains.

Arguments are those of senet can. Three fixes are shown; --all shows every one,
also those that open far more than was asked. --show N prints fix number N
whole: who gains and loses, and the commands, CIL, Ansible, Puppet and Butane
forms. Nothing is changed.

Exit status: 0 fixes are listed, or the operation is allowed already, 1 no fix
works, 64 a mistake in the command, 65 a policy that cannot be read.`

const fixExamples = `  senet fix haproxy_t connect tcp/5601
  senet fix httpd_t bind tcp/8081 --show 1`

func newFix(streams ioStreams) *cobra.Command {
	var flags policyFlags
	var output outputFlags
	var all bool
	var show int
	cmd := &cobra.Command{
		Use:     "fix SUBJECT ACTION TARGET",
		Short:   "every fix with its cost, the cheapest first",
		Long:    fixLong,
		Example: fixExamples,
		Args:    exactArgs(3, "senet fix haproxy_t connect tcp/5601"),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := flags.askFix(args, streams.stderr)
			if err != nil {
				return err
			}
			if show < 0 || show > len(a.fixes) {
				return usage(fmt.Errorf("--show %d: there are %s", show, plural(len(a.fixes), "fix")), "")
			}
			err = output.emit(streams.stdout, func() any { return a.json() }, func(w io.Writer) error {
				if show > 0 {
					return a.writeOne(w, show)
				}
				return a.write(w, all)
			})
			if err == nil && a.hopeless() {
				err = errNo
			}
			return err
		},
	}
	flags.registerAll(cmd.Flags())
	cmd.Flags().BoolVar(&all, "all", false, "show every fix")
	cmd.Flags().IntVar(&show, "show", 0, "print fix `N` whole, with the forms to deploy it in")
	output.register(cmd.Flags())
	return cmd
}

// A fixAnswer is an operation with the fixes it has.
type fixAnswer struct {
	can   *canAnswer
	fixes []remedy.Fix
}

func (f *policyFlags) askFix(args []string, stderr io.Writer) (*fixAnswer, error) {
	can, err := f.askCan(args, stderr)
	if err != nil {
		return nil, err
	}
	if can.target.ports.Len() > 1 {
		return nil, usage(fmt.Errorf("senet fix takes one port, not a range"), "for example: senet fix haproxy_t connect tcp/5601")
	}
	r, err := remedy.Find(can.d, remedy.Problem{Question: can.question(), Name: can.p.TypeName(subjectType(can))})
	if err != nil {
		return nil, err
	}
	return &fixAnswer{can: can, fixes: r.Fixes}, nil
}

// hopeless reports whether the operation is refused and no fix works.
func (a *fixAnswer) hopeless() bool {
	return a.can.answer.Verdict == network.Denied && !slices.ContainsFunc(a.fixes, func(f remedy.Fix) bool { return f.Works })
}

func (a *fixAnswer) forms(f *remedy.Fix) []form.Form {
	t := form.Target{Protocol: string(a.can.target.protocol), Port: a.can.port}
	for _, s := range f.Bools {
		t.Bools = append(t.Bools, form.Setting{Name: a.can.p.BoolName(s.Bool), On: s.On})
	}
	return form.Forms(f, t)
}

// shown returns the fixes that are listed without --all: the best three that
// work and may be applied, with their numbers.
func (a *fixAnswer) shown(all bool) []int {
	var list []int
	for i := range a.fixes {
		f := &a.fixes[i]
		if all || f.Works && f.Applicability != remedy.Never && len(list) < 3 {
			list = append(list, i)
		}
	}
	return list
}
