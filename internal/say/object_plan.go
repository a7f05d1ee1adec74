package say

import (
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
)

// Number returns the number of a fix in the list, counted from 1; 0 for nil.
func (x *AccessFixes) Number(f *object.Fix) int {
	for i := range x.Fixes {
		if f == &x.Fixes[i] {
			return i + 1
		}
	}
	return 0
}

// Changes reports whether a fix is a change of a policy store.
func (x *AccessFixes) Changes(f *object.Fix) bool {
	_, _, err := senet.AccessChangeOf(x.AccessFixes, f)
	return err == nil
}

// Command returns the command that asks the question again, with flags. It names a file by its path
// if that is known.
func (x *AccessFixes) Command(flags shell.Command) shell.Command {
	question := x.Question()
	if x.Problem.Path != "" && object.IsFile(x.Query.Class) {
		question[2] = x.labelledPath(x.Problem.Path)
	}
	return shell.New("senet", "fix").Arg(question...).With(flags)
}

// labelledPath returns a path as the target of a question: with the label of the object where file_contexts have
// another one for it, or none.
func (x *AccessFixes) labelledPath(name string) string {
	target := x.Policy.FormatContext(x.Problem.Target)
	if x.Problem.Files != nil {
		if wanted, _ := x.Problem.Files.Wanted(name, x.Query.Class); audit.ContextType(wanted) == x.target() {
			return name
		}
	}
	if plain := x.Policy.TypeName(policy.TypeID(x.Problem.Target.Type)); target == "system_u:object_r:"+plain+":s0" ||
		target == "system_u:object_r:"+plain {
		target = plain
	}
	return target + ":" + name
}

// Instead says how to make a fix that does not change a store.
func (x *AccessFixes) Instead(f *object.Fix) words.Lines {
	var b words.Page
	for _, c := range x.Commands(f) {
		b.Printf("%s\n", c)
	}
	if b.Len() == 0 {
		b.Printf("%s", strings.Join(x.Meaning(f), "; "))
	}
	return b.Lines()
}

// One writes a fix with all its details, commands and module.
func (x *AccessFixes) One(b *words.Page, n int) {
	f := &x.Fixes[n]
	b.Printf("%s\n", x.Headline())
	b.Printf("fix   %-2d %s  %s\n", n+1, x.Title(f), x.degree(f))
	b.Line("name", "%s", f.Name(x.Policy))
	for _, text := range x.Meaning(f) {
		b.Line("", "%s", text)
	}
	if costed(f) {
		b.Line("", "%s", x.effect(f))
	}
	for _, c := range x.Commands(f) {
		b.Command("do", c)
	}
	if f.Source != "" {
		b.Line("te", "%s.te, for senet module install, or the Makefile of refpolicy's headers", f.ModuleName)
		b.Block("      ", words.Escape(strings.ReplaceAll(f.Source, "\t", "    ")))
	}
	if c, _, err := senet.AccessChangeOf(x.AccessFixes, f); err == nil && c.Module != nil {
		b.Line("cil", "%s.cil, for semodule -i, or senet module install", c.Module.Name)
		b.Block("      ", words.Escape(c.Module.After))
	}
}

// Plan writes a fix as a change of a store.
func (x *AccessFixes) Plan(b *words.Page, plan *senet.AccessPlan) {
	b.Printf("%s\n", x.Headline())
	b.Line("plan", "%s: %s", x.Title(plan.Fix), x.effectOrRule(plan.Fix))
	for _, d := range plan.Change.Records {
		b.Line("", "%s", Difference(d))
	}
	if m := plan.Change.Module; m != nil {
		b.Line("cil", "module %s", m.Name)
		b.Block("      ", words.Escape(m.After))
	}
	if plan.Place != nil {
		b.Command("then", x.RelabelCommand(*plan.Place))
	}
	if plan.Fix.Works {
		b.Command("next", x.Command(x.Again).Flag("--apply", plan.Fix.Name(x.Policy)))
	}
}

// effectOrRule says which domains a fix affects.
func (x *AccessFixes) effectOrRule(f *object.Fix) string {
	if f.Kind == object.Rule {
		return words.Sprintf("only %s gains", x.subject())
	}
	return x.effect(f)
}

// Done writes the change that was made, and the answer of the new policy.
func (x *AccessFixes) Done(b *words.Page, plan *senet.AccessPlan, done *senet.AccessDone) {
	perms := strings.Join(x.Query.Perms, ", ")
	object := x.object()
	if plan.Place != nil {
		object = words.Sprintf("%s labelled %s", x.Query.Class, plan.Fix.Type)
	}
	if len(done.Refused) == 0 {
		b.Line("YES", "%s may %s %s", x.subject(), perms, object)
	} else {
		b.Line("NO", "%s may still not %s %s", x.subject(), strings.Join(done.Refused, ", "), object)
	}
	b.Line("done", "%s", strings.Join(Made(&done.Entry), ", "))
	b.Line("", "transaction %d of store %s", done.Entry.ID, done.Base.Store)
	if plan.Place != nil {
		b.Command("then", x.RelabelCommand(*plan.Place))
	}
}
