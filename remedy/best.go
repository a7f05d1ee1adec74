package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Best returns the first of the fixes that [Find] returns; ok is false if there is none. Often that
// is a new type for a port that no service has; then it does not compute the other fixes: Best is
// for many problems.
func Best(d *access.Decider, problem Problem) (fix Fix, ok bool, err error) {
	problem.Prepare()
	answer, err := network.Ask(d, problem.Question)
	if err != nil {
		return Fix{}, false, err
	}
	f := newFinder(d, &problem, &answer)
	if len(f.denied) == 0 {
		return Fix{}, false, nil
	}
	if f.labelHelps() && problem.Calls == nil {
		if err := f.count(); err != nil {
			return Fix{}, false, err
		}
		if err := f.ownType(); err != nil {
			return Fix{}, false, err
		}
		if len(f.fixes) == 1 && f.unbeatable() {
			return f.fixes[0], true, nil
		}
	}
	own := f.fixes
	for _, f.hasty = range []bool{true, false} {
		f.fixes = slices.Clone(own)
		if err := f.all(); err != nil {
			return Fix{}, false, err
		}
		// The skipped fixes come after all that are offered.
		if len(f.fixes) > 0 && (!f.hasty || f.fixes[0].Works && f.fixes[0].Applicability != Never) {
			return f.fixes[0], true, nil
		}
	}
	return Fix{}, false, nil
}

// unbeatable reports whether the only fix found so far, an own type, is the first of all: the port
// belongs to no service, and the service has no own label that helps, the port is in no local
// record, and no boolean opens few ports.
func (f *finder) unbeatable() bool {
	own := &f.fixes[0]
	if !own.Works || f.registered || f.local() != nil {
		return false
	}
	if !f.connects() && len(f.kinsfolk()) > 0 {
		return false
	}
	for _, settings := range f.settings() {
		if f.givesFew(settings) {
			return false
		}
	}
	own.grade(!f.uncounted())
	f.judge()
	return true
}

// givesFew reports whether the booleans give the subject fewer ports than a wide one.
func (f *finder) givesFew(settings []policy.BoolSetting) bool {
	c := f.census.under(access.NewDecider(f.p.WithBools(settings...)))
	n := 0
	for i := range f.runs {
		r := &f.runs[i]
		after := c.at(r.Ports[0].Low, r.Label)
		for direction := range directions {
			if after.may(direction, 0) && !f.today(r).may(direction, 0) {
				if n += r.Ports.Len(); n >= widePorts {
					return false
				}
			}
		}
	}
	return true
}
