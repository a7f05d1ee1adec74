package senet

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// verifyModule returns an error if the module of a fix does not compile, or does not have the
// effect of the fix.
func verifyModule(a *Answer, f *remedy.Fix) error {
	switch f.Kind {
	case remedy.OwnType, remedy.Rule, remedy.Interfaces, remedy.Permissive:
	default:
		return nil
	}
	if len(f.Module) == 0 {
		return nil
	}
	db, err := compile.Amend(a.policy.DB(), f.Module)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Kind, err)
	}
	p := policy.New(db).WithBoolsOf(a.policy)
	if f.Kind != remedy.Permissive { // it helps in no other way
		p = p.Enforcing()
	}
	if !f.Exists && !f.Local { // else a record labels the port, and the module does not
		q := a.question
		q.Machine.Host.Enforcing = true
		answer, err := network.Ask(access.NewDecider(p), q)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Kind, err)
		}
		if got := answer.Verdict == network.Allowed; got != f.Works {
			return fmt.Errorf("%s: the module leads to %s", f.Kind, answer.Verdict)
		}
	}
	return nil
}
