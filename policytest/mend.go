package policytest

import (
	"context"
	"errors"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy"
)

// mostMended bounds the failures of a test for which a change is searched: each search asks the
// policy again.
const mostMended = 3

// mend adds to the first failures the smallest change that corrects them, if the policy knows one:
// a boolean that stops an unwanted access, or the first fix for a missing one.
func (r *runner) mend(ctx context.Context, list []Failure) error {
	for i := range list[:min(len(list), mostMended)] {
		f := &list[i]
		var err error
		switch {
		case f.Depends || len(f.Ports) == 0:
		case f.Surplus:
			err = r.ended(ctx, f)
		case f.Answer != nil:
			err = r.fixed(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ended finds one boolean whose other value stops an unwanted access, for the first port.
func (r *runner) ended(ctx context.Context, f *Failure) error {
	q := senet.Query{Subject: f.Domain, Operation: f.Do.Operation, Target: f.Do.Target}
	q.Target.Ports = portset.Range{Low: f.Ports[0].Low, High: f.Ports[0].Low}
	answer := f.Answer
	if answer == nil || len(answer.Pieces) > 0 {
		var err error
		if answer, err = r.s.Can(ctx, q); err != nil {
			return err
		}
	}
	for _, b := range deciding(r.p, answer) {
		other := r.p.WithBools(policy.BoolSetting{Bool: b, On: !r.p.BoolState(b)})
		s, err := r.s.WithPolicy(other)
		if err != nil {
			return err
		}
		if a, err := s.Can(ctx, q); err != nil || a.Verdict != network.Denied {
			continue
		}
		f.Mend = &remedy.Fix{Kind: remedy.Boolean, Works: true,
			Bools: []policy.BoolSetting{{Bool: b, On: !r.p.BoolState(b)}}}
		return nil
	}
	return nil
}

// deciding returns the booleans of the conditionals whose rules grant the access.
func deciding(p *policy.Policy, a *senet.Answer) (list []policy.BoolID) {
	known := policy.NewSet(policy.BoolID(len(p.DB().Bools.Items)))
	for i := range a.Layers {
		for _, rule := range a.Layers[i].Check.Reason.Rules {
			if rule.Cond == 0 {
				continue
			}
			for b := range p.CondBools(rule.Cond).All() {
				if !known.Has(b) {
					known.Add(b)
					list = append(list, b)
				}
			}
		}
	}
	return list
}

// fixed adds the first fix of a refusal.
func (r *runner) fixed(f *Failure) error {
	fixes, err := r.s.FixesOf(f.Answer)
	switch {
	case errors.Is(err, senet.ErrRange):
		return nil // each port may need a different fix
	case err != nil:
		return err
	}
	for i := range fixes.List {
		if x := &fixes.List[i]; x.Works && x.Kind != remedy.Permissive && x.Kind != remedy.OtherPort {
			f.Mend = x
			return nil
		}
	}
	return nil
}
