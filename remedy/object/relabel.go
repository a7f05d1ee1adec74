package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// relabel finds labels that allow the subject's access: those named after it, and of the others
// those for data that are no other service's.
func (f *finder) relabel() {
	class, ok := f.p.Class(f.problem.Class)
	if !ok || !IsFile(f.problem.Class) || !f.unsaid() || inTmp(f.problem.Path) || f.ofKernel() || f.keepsHomeLabel() ||
		f.problem.Class == "chr_file" || f.problem.Class == "blk_file" || // udev labels device files
		f.problem.Class == "dir" && ofAll(f.where()) || // what is made there is to have a directory of its own
		f.problem.Class == "sock_file" && !IsRun(f.typeName(f.problem.Target)) || // a socket belongs in /run
		f.sensitive != "" && !(f.general() && f.sensitive == "programs") { // a program in a home
		return
	}
	var mask policy.AccessVector
	for _, name := range f.wanted {
		perm, _ := f.p.Perm(class, name)
		mask |= perm
	}
	r := relabelling{finder: f, class: class, mask: mask, use: f.use(), readOnly: f.readOnly(),
		narrow: !f.problem.Lost && !f.general()}
	r.made, r.rules = f.madeTypes()
	r.byName = f.namedTypes()
	if a, ok := f.p.Attribute("file_type"); ok {
		r.files, r.hasFiles = f.p.Members(a), true
	}
	var list []Fix
	for id := range f.d.TargetTypes(policy.TypeID(f.problem.Source.Type), class, mask).All() {
		if fix, ok := r.candidate(id); ok {
			list = append(list, fix)
		}
	}
	onlyUsual(list)
	written := !r.noData() && (f.general() || f.problem.Lost) && !f.home() && f.changesIt() &&
		!slices.ContainsFunc(list, func(x Fix) bool { return x.Plain })
	if written || r.readOnly && !slices.ContainsFunc(list, func(x Fix) bool { return x.insteadOfRule }) {
		if fix, ok := f.relabelAndSet(); ok {
			list = append(list, fix)
		}
	}
	slices.SortStableFunc(list, better)
	for _, fix := range list[:min(len(list), maxLabels)] {
		id, _ := f.p.Type(fix.Type)
		f.cost(&fix, access.NewDecider(f.p.WithBools(fix.Bools...)), f.labelled(id))
		// Data that the policy gives to the subject by name and to hardly anybody else is its own, as samba_share_t
		// is smbd_t's.
		fix.Plain = fix.Plain && !f.ownSettings() ||
			fix.Data && !r.narrow && len(fix.Gain) <= fewDomains && r.byName.Has(id)
		f.fixes = append(f.fixes, fix)
	}
}

// A relabelling is a search for other labels.
type relabelling struct {
	*finder
	class    policy.ClassID
	mask     policy.AccessVector // the wanted permissions
	use      *use
	readOnly bool
	narrow   bool // the present label has a purpose
	files    policy.Set[policy.TypeID]
	hasFiles bool // files has the types of files
	made     policy.Set[policy.TypeID]
	rules    map[policy.TypeID]int
	byName   policy.Set[policy.TypeID] // the types that rules give to the subject by their names
}

// candidate returns a fix with a type, which the rules allow the subject to use as it wants.
func (r *relabelling) candidate(id policy.TypeID) (fix Fix, ok bool) {
	name := r.p.TypeName(id)
	if r.p.IsAttribute(id) || uint32(id) == r.problem.Target.Type || r.hasFiles && !r.files.Has(id) {
		return fix, false
	}
	fix = Fix{Kind: Relabel, Type: name, Works: true, Own: r.own(name), Data: holdsData(name),
		Applicability: remedy.Review}
	fix.Data = fix.Data && !(fix.Own && r.forWeb(id))
	says := fix.Data && r.pathSays(name)
	used := r.use != nil && r.use.fits(name)
	fix.insteadOfRule = r.readOnly && r.writable(name)
	if !used && r.problem.Class != "sock_file" && r.noData() {
		return fix, false
	}
	if !fix.Own && !used && !fix.insteadOfRule && (!fix.Data || r.ofOther(name) && !says) {
		return fix, false
	}
	c := r.labelled(id)
	if r.p.ValidateContext(c) != nil || !r.allows(r.d, c) {
		return fix, false
	}
	fix.served = fix.Data && !fix.Own && !r.narrow && r.byName.Has(id) && r.changeable(r.d, c) && r.served(id)
	fix.Plain = fix.insteadOfRule || says || fix.served || fix.Data && plainPurpose(name, r.typeName(r.problem.Source))
	if says {
		fix.fits = -1
	}
	if r.use == nil && !fix.Data && r.keepsState() {
		fix.state = r.state(name)
		if fix.Plain = fix.state != 0 && r.pathNames(); fix.Plain {
			fix.fits = -1
		}
	}
	if r.problem.Class == "sock_file" { // sockets for clients of a service are in /run
		fix.Plain = fix.Own && inRun(name)
	}
	if !used && fix.Data && strings.Contains(name, "content") {
		fix.tree = r.pages(fix.insteadOfRule)
	}
	if used {
		if r.use.tree != nil {
			fix.tree = r.use.tree()
		}
		fix.files = r.use.files(r.problem.Path)
		fix.alone = r.problem.Class == "file" && r.use.alone(r.problem.Path)
		fix.Plain, fix.fits = true, -1
		if fix.Own || IsLog(name) && name != "var_log_t" {
			fix.fits = -2
		}
	}
	if r.general() && !fix.Plain && fix.state == 0 ||
		r.narrow && (r.use != nil && fix.fits == 0 || r.readOnly && !fix.insteadOfRule) {
		return fix, false
	}
	allowed := r.d.Decide(r.problem.Source, c, r.class).Allowed
	entry, _ := r.p.Perm(r.class, "entrypoint")
	fix.spare = bits(allowed &^ r.mask)
	fix.made = r.made.Has(id) || allowed&entry != 0
	fix.overmuch = !r.changesIt() && r.changeable(r.d, c)
	fix.uses = r.rules[id]
	if r.problem.Files != nil {
		fix.uses = r.problem.Files.Uses(name)
	}
	return fix, true
}

// changeable reports whether the subject may change an object of the class with a label.
func (f *finder) changeable(d *access.Decider, target policy.Context) bool {
	class, ok := f.p.Class(f.problem.Class)
	if !ok {
		return false
	}
	allowed := d.Decide(f.problem.Source, target, class).Allowed
	return slices.ContainsFunc(changes(), func(name string) bool {
		perm, _ := f.p.Perm(class, name)
		return allowed&perm != 0
	})
}

// noData reports whether the object is in a place that holds no data of services: in /run and in /var/log.
func (r *relabelling) noData() bool {
	name := r.typeName(r.problem.Target)
	return name == "var_log_t" || name == "var_run_t" || name == "runtime_t"
}

// onlyUsual leaves, of the labels of a service's own data, the most usual one as the one to take: that for data by its
// name, else the best by its state.
func onlyUsual(list []Fix) {
	best := -1
	for i := range list {
		switch {
		case !list[i].Plain:
		case list[i].state == 0 && list[i].Own:
			for j := range list {
				list[j].Plain = list[j].Plain && list[j].state == 0
			}
			return
		case list[i].state != 0 && (best < 0 || list[i].state < list[best].state):
			best = i
		}
	}
	for i := range list {
		list[i].Plain = list[i].Plain && (list[i].state == 0 || i == best)
	}
}

// relabelAndSet finds the label of data that the subject may change once booleans of its own are
// set, the fewest: those of httpd_t are for scripts.
func (f *finder) relabelAndSet() (best Fix, ok bool) {
	for id := range f.p.Types() {
		name := f.p.TypeName(id)
		if f.p.IsAttribute(id) || uint32(id) == f.problem.Target.Type ||
			!f.writable(name) && !(name == "public_content_rw_t" && (f.general() || f.problem.Lost) && !f.contained()) {
			continue
		}
		c := f.labelled(id)
		if f.p.ValidateContext(c) != nil {
			continue
		}
		check := f.d.Check(f.problem.Source, c, f.problem.Class, f.wanted...)
		for i := range check.Perms {
			for _, settings := range check.Perms[i].Reason.Switches {
				if ok && len(settings) >= len(best.Bools) || !f.ownBools(settings) ||
					!f.allows(access.NewDecider(f.p.WithBools(settings...)), c) {
					continue
				}
				best, ok = Fix{Kind: Relabel, Type: name, Bools: settings, Works: true, Own: f.own(name),
					Data: true, Plain: true, Applicability: remedy.Review, insteadOfRule: true, tree: f.pages(true)},
					true
			}
		}
	}
	return best, ok
}

// ownBools reports whether booleans are all named after the subject.
func (f *finder) ownBools(settings []policy.BoolSetting) bool {
	return !slices.ContainsFunc(settings, func(s policy.BoolSetting) bool {
		return !f.own(strings.TrimPrefix(f.p.BoolName(s.Bool), "allow_"))
	})
}
