package object

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// executes reports whether the access is the execution of a program.
func (f *finder) executes() bool {
	return f.problem.Class == "file" && slices.Contains(f.problem.Perms, "execute")
}

// program offers the label bin_t, that of files in /usr/bin, for a program that systemd may not start:
// it then starts like all programs without their own domain.
func (f *finder) program() {
	if f.typeName(f.problem.Source) != "init_t" && !f.problem.Starting || !f.executes() ||
		f.isProgram(policy.TypeID(f.problem.Target.Type)) {
		return
	}
	f.labelOf("bin_t")
}

// textRelocations offers the label for libraries with text relocations: their code is changed in
// memory before it runs.
func (f *finder) textRelocations() {
	if f.problem.Class == "file" && slices.Contains(f.missing, "execmod") {
		f.labelOf("textrel_shlib_t")
	}
}

// labelOf offers a label that is for exactly this access, instead of a rule.
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
