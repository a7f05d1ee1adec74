package remedy

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// level tries other levels if only constraints refuse: of the port's label, if it is a
// cause, and of the process.
func (f *finder) level() error {
	if !f.p.MLS() {
		return nil
	}
	onlyPort := true
	for _, l := range f.denied {
		if l.Check.Reason.Code != access.Constrained {
			return nil
		}
		onlyPort = onlyPort && l.Layer == network.LayerPort
	}
	if onlyPort && f.labelHelps() {
		if err := f.portLevel(); err != nil {
			return err
		}
	}
	return f.processLevel()
}

// portLevel finds the range of the port's label that helps, with the smallest gains and
// losses, and nearest to the present one.
func (f *finder) portLevel() error {
	judge, err := network.NewJudge(f.d, f.problem.Question)
	if err != nil {
		return err
	}
	now := f.label(policy.TypeID(f.answer.Port.Context.Type))
	if !plain(f.p.TypeName(policy.TypeID(now.Type))) {
		return nil
	}
	var best *Fix
	others := f.fixes
	for _, r := range ranges(f.denied[0].SourceContext.Range, now.Range) {
		label := now
		label.Range = r
		if judge.Port(f.problem.Port, label) != network.Allowed || f.p.ValidateContext(label) != nil ||
			!plainRange(f.levels(label)) {
			continue
		}
		fix := Fix{Kind: Level, Type: f.p.TypeName(policy.TypeID(now.Type)), Range: f.levels(label), Works: true,
			Exists: f.exactRecord()}
		fix.Local = fix.Exists || f.shadowed()
		if fix.Records, fix.Undo = f.relabel(label, fix.Type); !plainRecords(&fix) {
			continue
		}
		f.fixes = nil
		if err := f.relabelled(&fix, label); err != nil {
			return err
		}
		fix = f.fixes[0]
		fix.grade(true)
		if best == nil || fix.cost().compare(best.cost()) < 0 {
			best = &fix
		}
	}
	if f.fixes = others; best != nil {
		f.fixes = append(f.fixes, *best)
	}
	return nil
}

// processLevel finds the range of the process that helps and is nearest to the present
// one. It does not count the effect on the process's access to anything but ports.
func (f *finder) processLevel() error {
	if f.problem.SocketLabel != nil {
		return nil // it does not change with the process
	}
	for _, r := range ranges(f.denied[0].TargetContext.Range, f.problem.Subject.Range) {
		problem := *f.problem
		problem.Subject.Range = r
		levels := f.p.FormatRange(r)
		if f.p.ValidateContext(problem.Subject) != nil || !plainRange(levels) || !f.plainSubject() {
			continue
		}
		answer, err := network.Ask(f.d, problem.Question)
		if err != nil {
			return err
		}
		if answer.Verdict != network.Allowed {
			continue
		}
		fix := Fix{Kind: Level, ProcessRange: levels, ProcessContext: f.p.FormatContext(problem.Subject), Works: true}
		if f.census != nil {
			after := f.census.under(f.d)
			after.problem = &problem
			after.contexts = slices.Clone(after.contexts)
			after.contexts[0] = problem.Subject
			t := newTally(after, []int{0})
			cuts := make([]cut, len(f.runs))
			for i := range f.runs {
				run := &f.runs[i]
				cuts[i] = cut{run.Ports, f.today(run), after.at(run.Ports[0].Low, run.Label)}
			}
			t.compare(cuts)
			t.into(&fix)
			if after.err != nil {
				return after.err
			}
		}
		f.fixes = append(f.fixes, fix)
		return nil
	}
	return nil
}

// plainSubject reports whether the names in the subject's context are plain.
func (f *finder) plainSubject() bool {
	c := &f.problem.Subject
	return plain(f.p.UserName(policy.UserID(c.User))) && plain(f.p.RoleName(policy.RoleID(c.Role))) &&
		plain(f.p.TypeName(policy.TypeID(c.Type)))
}

// ranges returns ranges to try instead of one, made from the levels of both and from
// their meet and join, the nearest first.
func ranges(other, now policy.Range) []policy.Range {
	levels := []policy.Level{now.Low, now.High, other.Low, other.High, meet(now.Low, other.Low),
		meet(now.High, other.High), join(now.Low, other.Low), join(now.High, other.High)}
	var list []policy.Range
	for _, low := range levels {
		for _, high := range levels {
			r := policy.Range{Low: low, High: high, Single: policy.SameLevel(low, high)}
			same := func(o policy.Range) bool { return policy.SameLevel(o.Low, low) && policy.SameLevel(o.High, high) }
			if policy.Dominates(high, low) && !same(now) && !slices.ContainsFunc(list, same) {
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b policy.Range) int {
		return cmp.Compare(apart(a.Low, now.Low)+apart(a.High, now.High), apart(b.Low, now.Low)+apart(b.High, now.High))
	})
	return list
}

// meet returns the highest level that both dominate.
func meet(a, b policy.Level) policy.Level {
	var cats []uint32
	for bit := range a.Cats.All() {
		if b.Cats.Has(bit) {
			cats = append(cats, bit)
		}
	}
	return policy.Level{Sens: min(a.Sens, b.Sens), Cats: policydb.BitmapOf(cats...)}
}

// join returns the lowest level that dominates both.
func join(a, b policy.Level) policy.Level {
	cats := slices.Collect(a.Cats.All())
	for bit := range b.Cats.All() {
		if !a.Cats.Has(bit) {
			cats = append(cats, bit)
		}
	}
	slices.Sort(cats)
	return policy.Level{Sens: max(a.Sens, b.Sens), Cats: policydb.BitmapOf(cats...)}
}

// apart counts the sensitivities and categories by which two levels differ.
func apart(a, b policy.Level) int {
	common := meet(a, b).Cats.Count()
	return int(max(a.Sens, b.Sens)-min(a.Sens, b.Sens)) + a.Cats.Count() + b.Cats.Count() - 2*common
}
