package senet

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// verifyModules compiles the modules of fixes into the policy and asks the question
// again: where there is no store to build them in, that is what shows that a module says
// what its fix was measured with. A fix whose module does not is left out.
func verifyModules(a *Answer, fixes []remedy.Fix) []remedy.Fix {
	return slices.DeleteFunc(fixes, func(f remedy.Fix) bool {
		switch f.Kind {
		case remedy.OwnType, remedy.Rule, remedy.Permissive:
			return len(f.Module) > 0 && verifyModule(a, &f) != nil
		}
		return false
	})
}

// verifyModule says what is wrong with the module of a fix: it does not compile, or does
// not have the effect that the fix has.
func verifyModule(a *Answer, f *remedy.Fix) error {
	db, err := compile.Amend(a.policy.DB(), f.Module)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Kind, err)
	}
	p := policy.New(db)
	var settings []policy.BoolSetting
	for b := range a.policy.Bools() {
		settings = append(settings, policy.BoolSetting{Bool: b, On: a.policy.BoolState(b)})
	}
	p = p.WithBools(settings...)
	if !f.Exists && !f.Local { // else a record labels the port, which the module leaves alone
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
