package cli

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// overlayable reports whether the effect of differences can be computed without
// the new kernel policy: ports and booleans are tried in front of the policy's
// own, whatever the policy is.
func overlayable(list []semanage.Difference) bool {
	return !slices.ContainsFunc(list, func(d semanage.Difference) bool {
		return d.Kind != semanage.Ports && d.Kind != semanage.Booleans
	})
}

// overlay returns what a transaction changes, without the image that a commit
// makes: the policy without local records, with those before and after laid over
// it. It is what [storeFlags.preview] computes, without its plan.
func (f *storeFlags) overlay(linked *policydb.Policy, before, after [][]semanage.Record) (*storeChange, error) {
	facts, err := f.facts()
	if err != nil {
		return nil, err
	}
	base := policy.New(linked)
	was, err := withRecords(base, before)
	if err != nil {
		return nil, err
	}
	is, err := withRecords(base, after)
	if err != nil {
		return nil, err
	}
	return &storeChange{before: reach.New(access.NewDecider(was)), after: reach.New(access.NewDecider(is)), facts: facts}, nil
}

// withRecords lays ports and booleans over a policy, as the merge of libsemanage
// does: a record goes to the head of the policy's.
func withRecords(p *policy.Policy, local [][]semanage.Record) (*policy.Policy, error) {
	var ports []policydb.PortCon
	var bools []policy.BoolSetting
	for _, list := range local {
		for _, r := range list {
			switch r := r.(type) {
			case semanage.Port:
				c, err := p.ParseContext(r.Context.String())
				if err != nil {
					return nil, err
				}
				ports = append(ports, policydb.PortCon{Protocol: uint32(r.Protocol), Low: uint32(r.Low), High: uint32(r.High), Context: c})
			case semanage.Boolean:
				if id, ok := p.Bool(r.Name); ok {
					bools = append(bools, policy.BoolSetting{Bool: id, On: r.On})
				}
			}
		}
	}
	slices.Reverse(ports) // of records with one key the last counts
	return p.WithPorts(ports...).WithBools(bools...), nil
}
