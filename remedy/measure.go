package remedy

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// measure counts what changes between today and the policy of d, on the ports
// of within, nil for all. label, if not nil, is what the problem's port has then;
// all others keep theirs.
func (f *finder) measure(fix *Fix, d *access.Decider, within reach.Ports, label *policy.Context) error {
	if f.census == nil {
		return nil
	}
	c, err := newCensus(d, f.problem)
	if err != nil {
		return err
	}
	t := newTally(c)
	port := reach.Ports{{Low: f.problem.Port, High: f.problem.Port}}
	for i := range f.runs {
		r := &f.runs[i]
		ports := r.Ports
		if within != nil {
			ports = ports.Intersect(within)
		}
		if label != nil && ports.Contains(f.problem.Port) {
			t.compare(port, f.today(r), c.at(f.problem.Port, *label))
			ports = ports.Minus(port)
		}
		if len(ports) > 0 {
			t.compare(ports, f.today(r), c.at(ports[0].Low, r.Label))
		}
	}
	t.into(fix)
	return nil
}

// edited appends the fix that an edited copy of the policy is, if it helps. See
// measure for within and label.
func (f *finder) edited(fix Fix, db *policydb.Policy, within reach.Ports, label *policy.Context) error {
	p := f.overlaid(db)
	if label != nil {
		p = p.WithPorts(f.record(*label))
	}
	d := access.NewDecider(p)
	answer, err := network.Ask(d, f.problem.Question)
	if err != nil {
		return err
	}
	if answer.Verdict == network.Denied {
		return nil
	}
	fix.Works = answer.Verdict == network.Allowed
	if err := f.measure(&fix, d, within, label); err != nil {
		return err
	}
	f.fixes = append(f.fixes, fix)
	return nil
}

// overlaid returns an edited copy of the policy with what-ifs as in the finder's:
// booleans and records of ports, nodes and interfaces.
func (f *finder) overlaid(db *policydb.Policy) *policy.Policy {
	var settings []policy.BoolSetting
	for b := range f.p.Bools() {
		settings = append(settings, policy.BoolSetting{Bool: b, On: f.p.BoolState(b)})
	}
	file := &f.p.DB().OContexts
	return policy.New(db).WithBools(settings...).
		WithPorts(inFront(f.p.Ports(), len(file.Ports))...).
		WithNodes(inFront(f.p.Nodes(), len(file.Nodes))...).
		WithNodes6(inFront(f.p.Nodes6(), len(file.Nodes6))...).
		WithNetifs(inFront(f.p.Netifs(), len(file.Netifs))...)
}

// inFront returns the records that are not of the file.
func inFront[T any](records []T, inFile int) []T { return records[:len(records)-inFile] }
