package object

import (
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// assumed returns the paths that an object may have of which only the name is known: that of a device file in /dev, and
// that of a file of the subject in /run, which got its label from what made it.
func (f *finder) assumed() (paths []string) {
	name := f.problem.Name
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") || f.contained() {
		return nil
	}
	target := f.typeName(f.problem.Target)
	switch {
	case f.problem.Class == "chr_file" || f.problem.Class == "blk_file":
		if target == "device_t" {
			return []string{"/dev/" + name}
		}
	case f.problem.Class == "file" && IsRun(target) && !IsPlace(target) && f.ofOther(target) && !f.nameFits(target) &&
		(strings.HasPrefix(target, "cron") || f.nameFits(f.typeName(f.problem.Source))):
		// Jobs of cron do the work of all services.
		whole := strings.TrimSuffix(f.typeName(f.problem.Source), "_t")
		first, _, _ := strings.Cut(whole, "_")
		for _, dir := range []string{first, stemOf([]string{first}), strings.ReplaceAll(whole, "_", "-")} {
			paths = append(paths, "/run/"+dir+"/"+name)
		}
	}
	return paths
}

// nameFits reports whether the name of the object begins as a type is called: crond.pid for cron_var_run_t.
func (f *finder) nameFits(typ string) bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(typ, "_t"), "_")
	return strings.HasPrefix(strings.ToLower(f.problem.Name), strings.ToLower(stemOf([]string{first})))
}

// restoreAssumed is restore for an object whose path is not known, but may be assumed.
func (f *finder) restoreAssumed() bool {
	for _, name := range f.assumed() {
		text, from := f.problem.Files.Wanted(name, f.problem.Class)
		c, err := f.p.ParseContext(text)
		if text == "" || err != nil || c.Type == f.problem.Target.Type || IsPlace(f.typeName(c)) ||
			f.typeName(c) == "default_t" || f.typeName(c) == "device_t" {
			continue
		}
		if f.problem.Class == "file" && !f.allows(f.d, c) { // nothing else tells that it is this one
			continue
		}
		fix := f.restoring(c, from)
		fix.If = name
		f.fixes = append(f.fixes, fix)
		return true
	}
	return false
}

// restoring is the fix that gives the object its label by a line of file_contexts.
func (f *finder) restoring(c policy.Context, from string) Fix {
	fix := Fix{Kind: Restore, Type: f.typeName(c), From: from, Works: f.allows(f.d, c), Applicability: remedy.Review,
		Force: f.problem.Files.Customizable(f.typeName(f.problem.Target))}
	fix.Own = f.own(fix.Type)
	f.cost(&fix, f.d, c)
	return fix
}
