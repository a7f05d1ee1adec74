package object

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// executes reports whether the access is the execution of a program.
func (f *finder) executes() bool {
	return f.problem.Class == "file" && slices.Contains(f.problem.Perms, "execute")
}

// program offers the label bin_t, that of files in /usr/bin, for a program that systemd or a script of a
// service may not start: it then starts like all programs without their own domain. It does so as well for what lies
// among settings, data or kernel modules, where nothing is to be run; for a library it offers the label lib_t.
func (f *finder) program() {
	if f.problem.Class == "file" && f.asks("execute", "execute_no_trans") && f.misplaced() {
		label := "bin_t"
		if f.library() {
			label = "lib_t"
		}
		f.labelOf(label, 0)
		return
	}
	if !subject.IsLeftover(f.typeName(f.problem.Source)) && !f.problem.Starting || !f.executes() ||
		f.isProgram(policy.TypeID(f.problem.Target.Type)) {
		return
	}
	f.labelOf("bin_t", 0)
}

// misplaced reports whether the object has a label that is not for what is run: that of settings, of data or of
// kernel modules.
func (f *finder) misplaced() bool {
	switch name := f.typeName(f.problem.Target); {
	case f.contained() || f.isProgram(policy.TypeID(f.problem.Target.Type)):
		return false
	case name == "modules_object_t":
		return true
	default:
		return IsSettings(strings.TrimSuffix(name, "_rw_t")) || IsSettings(name) || holdsData(name)
	}
}

// library reports whether the object is a library by its name: libx.so, libx.so.1.
func (f *finder) library() bool {
	name := path.Base(cmp.Or(f.problem.Path, f.problem.Name))
	return strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.")
}

// entry offers the labels that the domain starts by, for a program that lacks one: those of its own
// programs. A rule would make every file with the present label an entry point.
func (f *finder) entry() {
	if f.problem.Class != "file" || !slices.Contains(f.missing, "entrypoint") || f.contained() {
		return
	}
	if f.otherDomains() {
		return
	}
	class, _ := f.p.Class("file")
	perm, _ := f.p.Perm(class, "entrypoint")
	// A label by file_contexts that the domain does not start by is not the one that is missing.
	f.fixes = slices.DeleteFunc(f.fixes, func(x Fix) bool { return x.Kind == Restore && !x.Works })
	var names []string
	for id := range f.d.TargetTypes(policy.TypeID(f.problem.Source.Type), class, perm).All() {
		if name := f.p.TypeName(id); !f.p.IsAttribute(id) && f.own(name) {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(f.fitsProgram(a), f.fitsProgram(b)) })
	const most = 3
	for _, name := range names[:min(len(names), most)] {
		f.labelOf(name, f.fitsProgram(name))
	}
}

// otherDomains reports whether a domain was to be started by the program of another domain: the label of that
// program is right, and what is wrong is the domain of the process that starts it.
func (f *finder) otherDomains() bool {
	return f.problem.Class == "file" && slices.Contains(f.problem.Perms, "entrypoint") &&
		f.isProgram(policy.TypeID(f.problem.Target.Type)) &&
		!slices.ContainsFunc(f.fixes, func(x Fix) bool { return x.Kind == Restore && x.Works })
}

// textRelocations offers the label for libraries with text relocations: their code is changed in
// memory before it runs.
func (f *finder) textRelocations() {
	if f.problem.Class == "file" && slices.Contains(f.missing, "execmod") {
		f.labelOf("textrel_shlib_t", 0)
	}
}

// labelOf offers a label that is for exactly this access, instead of a rule; fits is as in Fix.
func (f *finder) labelOf(name string, fits int) {
	id, ok := f.p.Type(name)
	if !ok || uint32(id) == f.problem.Target.Type || f.keepsNoLabels() {
		return
	}
	c := f.labelled(id)
	if f.p.ValidateContext(c) != nil || !f.allows(f.d, c) {
		return
	}
	fix := Fix{Kind: Relabel, Type: name, Works: true, Plain: true, Applicability: remedy.Review, insteadOfRule: true,
		fits: fits}
	f.cost(&fix, f.d, c)
	f.fixes = append(f.fixes, fix)
}

// become returns the domain that a program should run in, if the subject was denied to run it in its
// own domain: see Result.Become.
func (f *finder) become() policy.TypeID {
	if f.problem.Class != "file" || !slices.Contains(f.problem.Perms, "execute_no_trans") {
		return 0
	}
	c, err := f.d.NewObject(f.problem.Source, f.problem.Target, "process", "")
	if err != nil || c.Type == f.problem.Source.Type {
		return 0
	}
	return policy.TypeID(c.Type)
}
