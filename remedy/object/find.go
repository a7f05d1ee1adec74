package object

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// Find returns every fix of a refused access under the Decider's policy: first those that correct a
// label, then booleans, and rules last.
func Find(d *access.Decider, problem Problem) Result {
	f := &finder{d: d, p: d.Policy(), problem: &problem, wanted: withFollowers(problem.Class, problem.Perms)}
	f.missing = f.refusedOf(d, problem.Target, f.wanted)
	r := Result{Missing: f.missing}
	if !slices.ContainsFunc(problem.Perms, func(perm string) bool { return slices.Contains(f.missing, perm) }) {
		r.Allowed = true
		return r
	}
	f.sensitive, f.base = f.sensitivity(), f.baseLabel()
	f.mode()
	f.restore()
	f.alike()
	f.volume()
	f.program()
	f.entry()
	f.textRelocations()
	f.relabel()
	f.withoutHostLabels()
	f.level()
	f.booleans()
	f.rule()
	f.interfaces()
	r.Leftover, r.Become, r.Foreign, r.OtherDomains = f.leftover(), f.become(), f.foreign(), f.otherDomains()
	r.OthersData = f.othersData()
	f.withdraw(&r)
	slices.SortStableFunc(f.fixes, better)
	r.Fixes = f.fixes
	return r
}

type finder struct {
	d       *access.Decider
	p       *policy.Policy
	problem *Problem
	wanted  []string // the permissions and those that usually follow them
	missing []string // the refused ones of wanted
	domains []policy.Context
	called  map[string]bool // see stems
	// base is the label beside which another one is looked for: see baseLabel.
	base  policy.Context
	fixes []Fix
	// sensitive says why the object must not get another label: see sensitivity.
	sensitive string
}

// withFollowers adds the permissions without which the others are useless: a program opens a file
// and asks for its attributes before it reads.
func withFollowers(class string, perms []string) []string {
	all := slices.Clone(perms)
	more := func(perms ...string) {
		for _, perm := range perms {
			if !slices.Contains(all, perm) {
				all = append(all, perm)
			}
		}
	}
	for _, perm := range perms {
		switch class {
		case "file", "chr_file", "blk_file", "fifo_file":
			switch perm {
			case "read", "write", "append":
				more("open", "getattr")
			case "open":
				more("getattr")
			case "execute":
				more("read", "open", "getattr")
			}
		case "anon_inode":
			if perm == "create" {
				more("read", "write", "map")
			}
		case "dir":
			switch perm {
			case "read":
				more("open", "getattr", "search")
			case "write", "add_name", "remove_name":
				more("search", "getattr", "write")
			}
		}
	}
	return all
}

// refusedOf returns the permissions on a target that a policy denies to the source.
func (f *finder) refusedOf(d *access.Decider, target policy.Context, perms []string) (refused []string) {
	check := d.Check(f.problem.Source, target, f.problem.Class, perms...)
	for i := range check.Perms {
		if !check.Perms[i].Allowed {
			refused = append(refused, check.Perms[i].Name)
		}
	}
	return refused
}

// allows reports whether a policy allows the whole access to a target.
func (f *finder) allows(d *access.Decider, target policy.Context) bool {
	return len(f.refusedOf(d, target, f.wanted)) == 0
}

func (f *finder) typeName(c policy.Context) string { return f.p.TypeName(policy.TypeID(c.Type)) }

// own reports whether a name resembles the subject's.
func (f *finder) own(name string) bool {
	return kin.Of(f.typeName(f.problem.Source), name) < kin.Stranger
}

// labelled returns the target with another type.
func (f *finder) labelled(typ policy.TypeID) policy.Context {
	c := f.problem.Target
	if r, ok := f.p.Role("object_r"); ok {
		c.Role = uint32(r)
	}
	c.Type = uint32(typ)
	return c
}

// cost computes which other domains gain the access with a change, and which lose it. Where a process asks something of
// itself, as execmem or a capability, the others are asked about themselves as well.
func (f *finder) cost(fix *Fix, after *access.Decider, target policy.Context) {
	class, ok := f.p.Class(f.problem.Class)
	if !ok {
		return
	}
	var mask policy.AccessVector
	for _, name := range f.problem.Perms {
		perm, _ := f.p.Perm(class, name)
		mask |= perm
	}
	today := f.problem.Target
	itself := !IsFile(f.problem.Class) && f.problem.Source.Type == target.Type
	for _, c := range f.everyone() {
		if itself {
			today, target = c, c
		}
		now := f.d.Decide(c, today, class).Allowed&mask == mask
		then := after.Decide(c, target, class).Allowed&mask == mask
		switch {
		case then && !now:
			fix.Gain = append(fix.Gain, f.typeName(c))
		case now && !then:
			fix.Lose = append(fix.Lose, f.typeName(c))
		}
	}
	slices.Sort(fix.Gain)
	slices.Sort(fix.Lose)
}

// everyone lists all domains except the subject's, in the contexts of services.
func (f *finder) everyone() []policy.Context {
	if f.domains == nil {
		f.domains = []policy.Context{}
		for _, id := range reach.Domains(f.p) {
			if c, ok := subject.FromType(f.p, id); ok && c.Type != f.problem.Source.Type {
				f.domains = append(f.domains, c)
			}
		}
	}
	return f.domains
}

// better orders fixes: corrections of wrong labels first, then booleans for the subject, then other
// labels, other booleans and rules.
func better(a, b Fix) int {
	return cmp.Or(
		cmp.Compare(a.place(), b.place()), cmp.Compare(a.fits, b.fits),
		cmp.Compare(made(a), made(b)), cmp.Compare(a.state, b.state), cmp.Compare(over(a), over(b)),
		cmp.Compare(b.uses, a.uses), cmp.Compare(a.spare, b.spare),
		cmp.Compare(a.opens, b.opens),
		cmp.Compare(len(a.Gain), len(b.Gain)), cmp.Compare(len(a.Lose), len(b.Lose)),
		cmp.Compare(a.Switched, b.Switched), cmp.Compare(a.Type, b.Type),
	)
}

// made orders types: those that people assign first, then those that programs create.
func made(f Fix) int {
	switch {
	case f.Data && (f.Own || f.served):
		return 0
	case f.Data:
		return 1
	case !f.made:
		return 2
	}
	return 3
}

// manyTypes is the number of types that a boolean opens from which it is not for the object, but for most of the files
// of the system, as samba_export_all_rw is.
const manyTypes = 100

// Wide reports whether a boolean opens most files of the system to the subject, as samba_export_all_rw does.
func (f *Fix) Wide() bool { return f.Kind == Boolean && f.opens > manyTypes }

// over orders types: those that the subject may change come last where it only reads.
func over(f Fix) int {
	if f.overmuch {
		return 1
	}
	return 0
}

// place returns the rank of a fix.
func (f *Fix) place() int {
	switch {
	case f.Applicability == remedy.Never:
		return 9
	case f.Kind == Mode, f.Kind == Restore, f.Kind == Alike:
		return 0
	case f.Kind == Level, f.Kind == Volume, f.Kind == Relabel && f.insteadOfRule:
		return 1
	case f.Kind == Boolean && f.fits >= 0 && f.wide:
		return 6
	case f.Kind == Boolean && (f.Own || f.few || f.fits < 0):
		return 2
	case f.Kind == Relabel && f.Plain:
		return 3
	case f.Kind == Relabel:
		return 8
	case f.Kind == Boolean:
		return 6
	case f.Kind == Interfaces:
		return 5
	}
	return 4
}
