package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/semanage"
)

// ask asks the question in the arguments, or that of the denial in them.
func (f *fixFlags) ask(args []string, streams ioStreams) (*fixAnswer, error) {
	question := len(args) == 3 && isQuestion(args)
	var q senet.Query
	switch {
	case question:
		var err error
		if q, err = f.query(args); err != nil {
			return nil, err
		}
	case len(args) == 0:
		return nil, usage(errors.New("senet fix takes a question, or a denial"), fixExample)
	case !incident.CanBeDenial(args):
		return nil, usage(fmt.Errorf("senet fix takes 3 arguments, or a denial, not %d arguments", len(args)),
			fixExample)
	}
	a := &fixAnswer{whatIf: len(f.bools) > 0, flags: f.write}
	session, err := f.openFor(a, streams.stderr)
	if err != nil {
		return nil, err
	}
	repeat := f.repeat().With(f.again(""))
	if f.write.store != "" {
		repeat = repeat.Option("--store", f.write.store)
	}
	var answer *senet.Answer
	if question {
		answer, err = session.Can(context.Background(), q)
		err = questionProblem(err)
	} else {
		answer, err = f.askDenial(a, session, args, streams)
	}
	if err != nil {
		return nil, err
	}
	if a.store != nil {
		a.Fixes, err = a.store.FixesOf(answer)
	} else {
		a.Fixes, err = session.FixesOf(answer)
	}
	switch {
	case errors.Is(err, senet.ErrRange):
		return nil, usage(errors.New("senet fix takes one port, not a range"), fixExample)
	case err != nil:
		return nil, f.write.storeProblem(err)
	}
	a.describe = policydoc.Of(f.path, f.root)
	a.asked = &asked{Answer: a.Answer, policyName: session.Source().Name, repeat: repeat}
	return a, nil
}

// isQuestion reports whether three arguments are meant as SUBJECT ACTION TARGET.
func isQuestion(args []string) bool {
	return slices.Contains(network.Operations(), network.Operation(args[1])) ||
		!strings.Contains(strings.Join(args, " "), "=")
}

// openFor opens the policy: the store's, if there is a store and no other policy was named. Before
// a change it settles the remains of a killed one.
func (f *fixFlags) openFor(a *fixAnswer, stderr io.Writer) (*senet.Session, error) {
	if f.path == "" {
		var err error
		if err = f.openStore(a, stderr); err == nil {
			return a.store.Session, nil
		}
		a.store, a.storeErr = nil, err
		if f.write.store != "" || isA[*senet.UnknownError](err) || errors.Is(err, semanage.ErrLocked) && f.apply != "" {
			return nil, err
		}
	}
	return f.openSession(stderr)
}

func (f *fixFlags) openStore(a *fixAnswer, stderr io.Writer) error {
	ctx := context.Background()
	changes, err := f.write.openChange(ioStreams{stderr: stderr})
	if err != nil {
		return err
	}
	if f.apply != "" && !f.write.dryRun && changes.Writable() == nil {
		d, err := changes.Begin(ctx)
		switch {
		case err == nil:
			sayRepaired(stderr, d)
			d.Close()
		case !errors.As(err, &a.half):
			return f.write.changeProblem(err)
		}
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	a.store, err = senet.NewStore(ctx, changes, o)
	if isA[*senet.UnknownError](err) {
		return openProblem(err)
	}
	return f.write.storeProblem(err)
}
