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

// mostExplained bounds the ranges of ports in which one is looked for that the kernel checks.
const mostExplained = 16

// explain finds the check behind each unwanted access to ports, where the first port has none.
func (r *runner) explain(ctx context.Context, list []Failure) error {
	for i := range list {
		f := &list[i]
		if len(f.Ports) == 0 {
			continue
		}
		f.Port = f.Ports[0].Low
		if !f.Surplus || f.Depends || f.Check != nil && len(f.Check.Check.Reason.Rules) > 0 {
			continue
		}
		for _, ports := range f.Ports[:min(len(f.Ports), mostExplained)] {
			port := ports.Low
			if port == 0 && ports.High > 0 {
				port = 1 // the kernel never checks port 0 for bind()
			}
			answer, err := r.s.Can(ctx, f.query(port))
			if err != nil {
				return err
			}
			if check := portCheck(answer); check != nil && len(check.Check.Reason.Rules) > 0 {
				f.Check, f.Port = check, port
				break
			}
		}
	}
	return nil
}

// query asks the question of a failure about one port.
func (f *Failure) query(port uint16) senet.Query {
	q := senet.Query{Subject: f.Domain, Operation: f.Do.Operation, Target: f.Do.Target}
	q.Target.Ports = portset.Range{Low: port, High: port}
	return q
}

// ended finds one boolean whose other value stops an unwanted access, for one port.
func (r *runner) ended(ctx context.Context, f *Failure) error {
	q := f.query(f.Port)
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
