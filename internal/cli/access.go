package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
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

func newAccess(io ioStreams) *cobra.Command {
	var flags policyFlags
	var batch, asJSON, quiet, verbose bool
	cmd := &cobra.Command{
		Use:     "access SCON TCON CLASS [PERM...]",
		Long:    accessLong,
		Example: accessExamples,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case batch && len(args) > 0:
				return usage(errors.New("senet access --batch reads its questions from standard input and takes no arguments"), "")
			case !batch && len(args) < 3:
				return usage(fmt.Errorf("senet access takes two contexts and a class, not %d arguments", len(args)),
					"for example: senet access system_u:system_r:httpd_t:s0 system_u:object_r:http_port_t:s0 tcp_socket name_bind")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, name, err := flags.openInstalled(io.stderr)
			if err != nil {
				return err
			}
			if batch {
				return newAccessBatch(p, asJSON).run(io.stdin, io.stdout)
			}
			q, err := newAccessQuestion(p, args)
			if err != nil {
				return err
			}
			q.policyName, q.repeat, q.verbose = name, flags.repeat(), verbose
			switch {
			case quiet:
			case asJSON:
				err = writeJSON(io.stdout, q.json())
			default:
				err = q.write(io.stdout)
			}
			if err == nil && !q.allowed() {
				err = errNo
			}
			return err
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&batch, "batch", false, "answer the questions on standard input, one a line")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing; the exit status is the answer")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "print the access vectors and all rules")
	return cmd
}

// openInstalled is open without the built-in example to fall back to.
func (f *policyFlags) openInstalled(stderr io.Writer) (*policy.Policy, string, error) {
	if f.path == "" {
		if _, err := policyfile.Find(f.root); err != nil {
			return nil, "", unreadable(err, "name one with --policy FILE; --policy example asks the built-in example")
		}
	}
	return f.open(stderr)
}

// An accessQuestion is one decision with the reason of each permission.
type accessQuestion struct {
	p              *policy.Policy
	d              *access.Decider
	source, target policy.Context
	class          policy.ClassID
	named          bool // permissions were named
	perms          []access.PermCheck
	decision       access.Decision

	policyName string
	repeat     shell.Command
	verbose    bool
}

func newAccessQuestion(p *policy.Policy, args []string) (*accessQuestion, error) {
	q := &accessQuestion{p: p, d: access.NewDecider(p), named: len(args) > 3}
	var err error
	if q.source, err = parseContextArg(p, "source", args[0]); err != nil {
		return nil, err
	}
	if q.target, err = parseContextArg(p, "target", args[1]); err != nil {
		return nil, err
	}
	class, ok := p.Class(args[2])
	if !ok {
		return nil, usage(fmt.Errorf("the policy has no class %s", args[2]), didYouMean(args[2], classNames(p)))
	}
	q.class = class
	names := args[3:]
	for _, name := range names {
		if _, ok := p.Perm(class, name); !ok {
			return nil, usage(fmt.Errorf("class %s has no permission %s in this policy", args[2], name), didYouMean(name, permNames(p, class)))
		}
	}
	if !q.named {
		for name := range permNames(p, class) {
			names = append(names, name)
		}
	}
	q.decision = q.d.Decide(q.source, q.target, class)
	check := q.d.Check(q.source, q.target, args[2], names...)
	q.perms = check.Perms
	return q, nil
}

// allowed reports whether the question is answered with yes. A permissive source
// is refused nothing.
func (q *accessQuestion) allowed() bool {
	if q.permissive() {
		return true
	}
	any, all := false, true
	for i := range q.perms {
		any = any || q.perms[i].Allowed
		all = all && q.perms[i].Allowed
	}
	return any && (all || !q.named)
}

func (q *accessQuestion) permissive() bool { return q.decision.Flags&access.Permissive != 0 }

func parseContextArg(p *policy.Policy, which, text string) (policy.Context, error) {
	c, err := p.ParseContext(text)
	if err != nil {
		form := "user:role:type"
		if p.MLS() {
			form = "user:role:type:level"
		}
		return c, usage(fmt.Errorf("%s: %w", which, err), words.Format("a context has the form %s; ps -eZ, ls -Z and ss -Z show them", form))
	}
	return c, nil
}

func classNames(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range p.Classes() {
			if !yield(p.ClassName(id)) {
				return
			}
		}
	}
}

// permNames yields the permissions of a class in the order of their bits.
func permNames(p *policy.Policy, class policy.ClassID) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range p.Perms(class) {
			if name != "" && !yield(name) {
				return
			}
		}
	}
}
