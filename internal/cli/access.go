package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/batch"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

const accessLong = `Ask for one decision of the policy, as the kernel makes it: may a process with
the context SCON do PERM to an object of CLASS with the context TCON? Each
permission is answered with the rule that grants it or the reason of its
refusal. Without PERM all permissions of the class are.

A decision is what the policy says, not what becomes of an operation, which asks
several: see senet can for those.

With --batch, questions are lines of standard input, "SCON TCON CLASS"; each is
answered by the line

  SCON TCON CLASS ALLOWED AUDITALLOW AUDITDENY FLAGS

with three access vectors in hexadecimal, bit 0 for the first permission of the
class in the policy, and flags in decimal, 1 for a permissive source. Where
there is no answer the three names are followed by "ERR invalid context" or "ERR
unknown class". With --json each answer is an object on a line of its own.

Exit status: 0 allowed (without PERM: anything is), 1 denied, 64 a mistake in
the command, 65 a policy that cannot be read. --batch: 0 when all lines were
read.`

const accessExamples = `  senet access user_u:user_r:user_t:s0 system_u:object_r:port_t:s0 tcp_socket
  senet access --batch --policy policy.33 < questions`

func newAccess(streams ioStreams) *cobra.Command {
	var flags policyFlags
	var origin originFlags
	var output outputFlags
	var stream, verbose bool
	cmd := &cobra.Command{
		Use:     "access SCON TCON CLASS [PERM...]",
		Long:    accessLong,
		Example: accessExamples,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case stream && len(args) > 0:
				return usage(
					errors.New("senet access --batch reads its questions from standard input and takes no arguments"),
					"")
			case !stream && len(args) < 3:
				return usage(fmt.Errorf("senet access takes two contexts and a class, not %d arguments", len(args)),
					"for example: senet access system_u:system_r:httpd_t:s0 system_u:object_r:http_port_t:s0 "+
						"tcp_socket name_bind")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := flags.openInstalled(streams.stderr)
			if err != nil {
				return err
			}
			if stream {
				out := streams.stdout
				if output.quiet {
					out = io.Discard
				}
				return batchProblem(batch.New(s.Policy(), output.json).Run(streams.stdin, out))
			}
			a, err := flags.askAccess(s, args)
			if err != nil {
				return err
			}
			a.verbose = verbose
			if a.modules, err = origin.finder(&flags, s); err != nil {
				return err
			}
			if err := output.emit(streams.stdout, a.json, a.write); err != nil {
				return err
			}
			if !a.Allowed() {
				return errNo
			}
			return nil
		},
	}
	flags.register(cmd.Flags())
	origin.register(cmd.Flags())
	cmd.Flags().BoolVar(&stream, "batch", false, "answer the questions on standard input, one a line")
	output.register(cmd.Flags())
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "print the access vectors and all rules")
	return cmd
}

// An accessAnswer is a decision with the values needed to print it.
type accessAnswer struct {
	*senet.Decision
	p          *policy.Policy
	policyName string
	repeat     shell.Command
	verbose    bool
	modules    *provenance.Finder
}

func (a *accessAnswer) json() any {
	d := doc.AccessOf(a.p, a.policyName, a.Decision)
	d.Locate(a.modules, a.p)
	return d
}

func (f *policyFlags) askAccess(s *senet.Session, args []string) (*accessAnswer, error) {
	a := &accessAnswer{p: s.Policy(), policyName: s.Source().Name, repeat: f.repeat()}
	var err error
	a.Decision, err = s.Decide(context.Background(), senet.DecisionQuery{
		Source: args[0], Target: args[1], Class: args[2], Perms: args[3:],
	})
	return a, accessProblem(a.p, err)
}

// accessProblem adds a hint to the error of a question.
func accessProblem(p *policy.Policy, err error) error {
	var unknown *senet.UnknownError
	switch {
	case errors.As(err, &unknown):
		return usage(err, nearest(unknown.Near))
	case isA[*senet.ContextError](err):
		form := "user:role:type"
		if p.MLS() {
			form = "user:role:type:level"
		}
		return usage(err, words.Format("a context has the form %s; ps -eZ, ls -Z and ss -Z show them", form))
	}
	return err
}

func batchProblem(err error) error {
	if isA[*batch.InputError](err) {
		return unreadable(err, "")
	}
	return err
}

func (a *accessAnswer) write(w io.Writer) error {
	var b words.Page
	say.Decision(&b, a.p, a.Decision, a.verbose, a.modules)
	b.Command("next", a.next())
	_, err := b.WriteTo(w)
	return err
}

// next returns the next command.
func (a *accessAnswer) next() shell.Command {
	q := &a.Query
	again := shell.New("senet", "access").Arg(q.Source, q.Target, q.Class).Arg(q.Perms...).With(a.repeat)
	noRule := func(pc access.PermCheck) bool { return pc.Reason.Code == access.NoRule }
	switch {
	case len(a.Switches) > 0:
		return again.With(say.SettingFlags(a.p, a.Switches[0]))
	case !a.Allowed() && slices.ContainsFunc(a.Perms, noRule):
		return shell.New("senet", "search", "-A").Option("-s", a.p.TypeName(policy.TypeID(a.Source.Type))).
			Option("-c", q.Class).With(say.PolicyArg(a.policyName))
	case a.verbose:
		return again.Flag("--json")
	}
	return again.Flag("-v")
}
