package object

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// executes reports whether a program was to be run.
func (f *finder) executes() bool {
	return f.problem.Class == "file" && slices.Contains(f.problem.Perms, "execute")
}

// program labels a program bin_t that systemd may not start, as those have that lie where
// programs lie: it starts as all programs do then that have no domain of their own.
func (f *finder) program() {
	if f.typeName(f.problem.Source) != "init_t" && !f.problem.Starting || !f.executes() ||
		f.isProgram(policy.TypeID(f.problem.Target.Type)) {
		return
	}
	f.labelOf("bin_t")
}

// textRelocations gives a library that is changed in memory before it is run the label
// for such.
func (f *finder) textRelocations() {
	if f.problem.Class == "file" && slices.Contains(f.missing, "execmod") {
		f.labelOf("textrel_shlib_t")
	}
}

// labelOf offers a label that is for just this, instead of a rule.
func (f *finder) labelOf(name string) {
	id, ok := f.p.Type(name)
	if !ok || uint32(id) == f.problem.Target.Type {
		return
	}
	c := f.labelled(id)
	if f.p.ValidateContext(c) != nil || !f.allows(f.d, c) {
		return
	}
	fix := Fix{Kind: Relabel, Type: name, Works: true, Plain: true, Applicability: remedy.Review, insteadOfRule: true}
	f.cost(&fix, f.d, c)
	f.fixes = append(f.fixes, fix)
}

// become returns the domain that a program is to start, where the subject was refused to
// run it in its own: the change of the domain failed, and that is to be mended; 0 for none.
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
