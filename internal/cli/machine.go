package cli

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// machineFlags choose the machine that a command answers for.
type machineFlags struct {
	file   string
	netns  string
	strict bool
	asIs   bool // permissive machines and domains count as permissive
}

func (f *machineFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.file, "host", "", "answer for the machine whose facts were saved in `FILE`")
	flags.StringVar(&f.netns, "netns", "", "answer for the network namespace of a process or of that name: `PID|NAME`")
	flags.BoolVar(&f.strict, "strict", false, "say that it depends where a fact of the machine is not known")
}

// registerAsIs is for commands that by default answer as if all were enforcing.
func (f *machineFlags) registerAsIs(flags *pflag.FlagSet) {
	flags.BoolVar(&f.asIs, "as-is", false, "on a permissive machine or for a permissive domain, say what happens today")
}

// repeat returns the flags as a user would type them again.
func (f *machineFlags) repeat() shell.Command {
	var c shell.Command
	if f.file != "" {
		c = c.Option("--host", f.file)
	}
	if f.netns != "" {
		c = c.Option("--netns", f.netns)
	}
	if f.asIs {
		c = c.Flag("--as-is")
	}
	if f.strict {
		c = c.Flag("--strict")
	}
	return c
}

const netnsHint words.Lines = "lsns -t net lists the network namespaces; entering one takes root"

// questionProblem adds a hint to the error of a question.
func questionProblem(err error) error {
	var unknown *senet.UnknownError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		hint := nearest(unknown.Near)
		if hint == "" {
			hint = "ps -eZ shows what processes run as; senet info -t lists the types"
		}
		return usage(err, hint)
	case errors.Is(err, senet.ErrNoHeaders):
		return unreadable(err, noHeaders)
	case isA[*senet.MachineError](err):
		return unreadable(err, netnsHint)
	case isA[*senet.SubjectError](err), errors.Is(err, senet.ErrNoSubject):
		return usage(err,
			"a subject is a type (haproxy_t), a service (haproxy), a context, pid:812, unit:haproxy.service or "+
				"exe:/usr/sbin/haproxy")
	}
	return err
}
