package remedy

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// A change is an edited copy of the policy, and the part of the world that it may affect.
type change struct {
	d *access.Decider // under the edited copy
	// who are the numbers of the domains whose access may change.
	who []int
	// within are the ports that may be gained or lost, nil for all.
	within portset.Set
	// label, if not nil, is the new label of the problem's port; all others keep theirs.
	label *policy.Context
	// rules are the unconditional rules that the copy has in addition for the subject.
	rules lifting
}

// measure counts the gains and losses of a change.
func (f *finder) measure(fix *Fix, ch *change) error {
	if f.census == nil {
		return nil
	}
	c := f.census.under(ch.d)
	t := newTally(c, ch.who)
	port := portset.Set{{Low: f.problem.Port, High: f.problem.Port}}
	cuts := make([]cut, 0, len(f.runs)+1)
	for i := range f.runs {
		r := &f.runs[i]
		ports := r.Ports
		if ch.within != nil {
			ports = ports.Intersect(ch.within)
		}
		if ch.label != nil && ports.Contains(f.problem.Port) {
			cuts = append(cuts, cut{port, f.today(r), c.at(f.problem.Port, *ch.label)})
			ports = ports.Minus(port)
		}
		if len(ports) > 0 {
			cuts = append(cuts, cut{ports, f.today(r), c.at(ports[0].Low, r.Label)})
		}
	}
	t.compare(cuts)
	t.into(fix)
	if c.err != nil {
		return c.err
	}
	return f.census.err
}

// edited appends the fix of an edited copy of the policy, if it helps.
func (f *finder) edited(fix Fix, db *policydb.Policy, ch change) error {
	p := f.overlaid(db)
	if ch.label != nil {
		p = p.WithPorts(f.record(*ch.label))
	}
	for _, r := range ch.rules {
		if _, exceeds := ExceedsBounds(p, policy.TypeID(r.Source), policy.TypeID(r.Target), policy.ClassID(r.Class),
			policy.AccessVector(r.Data)); exceeds {
			return nil // no compiler accepts it
		}
	}
	ch.d = access.NewDecider(p)
	answer, err := network.Ask(ch.d, f.problem.Question)
	if err != nil {
		return err
	}
	if answer.Verdict == network.Denied {
		return nil
	}
	fix.Works = answer.Verdict == network.Allowed
	if err := f.measure(&fix, &ch); err != nil {
		return err
	}
	f.fixes = append(f.fixes, fix)
	return nil
}

// overlaid returns an edited copy of the policy with the finder's what-ifs: booleans and records of
// ports, nodes and interfaces.
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

// inFront returns the records that do not come from the policy file.
func inFront[T any](records []T, inFile int) []T { return records[:len(records)-inFile] }
