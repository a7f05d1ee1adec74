package say

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// execmodText says what to do where code of a file may not run after it was changed in memory, "" for other denials:
// the label of such libraries for all of a directory, or the boolean with its cost. There is what a boolean has on the
// host of the log, "" where none grants it here.
func (l *Log) execmodText(it *incident.Finding, d *diagnose.Diagnosis, there string) string {
	if it.AVC == nil || d.Class != "file" || !it.AVC.Has("execmod") || d.Leftover != "" || d.Instead != "" ||
		d.File != nil && audit.ContextType(d.File.Wanted) == "textrel_shlib_t" {
		return ""
	}
	name := it.AVC.Name
	if d.File != nil && d.File.Path != "" {
		name = d.File.Path
	} else if strings.HasPrefix(it.AVC.Path, "/") {
		name = it.AVC.Path
	}
	cost := "which is for all files"
	if !strings.Contains(it.AVC.SContext, ":system_r:") {
		cost = "by which all programs of users may do so with all files"
	}
	if inMemory(name) {
		return l.execmodInMemory(it, there, cost)
	}
	if d.Verdict != diagnose.UnknownHere {
		x := l.access(it)
		if x == nil || !slices.ContainsFunc(x.Fixes, func(f object.Fix) bool { return f.Type == "textrel_shlib_t" }) {
			return "" // the policy does not allow it with that label either
		}
	}
	tree, pattern, all := librariesOf(name)
	restore := shell.New("restorecon", "-v")
	what := "the file"
	if all {
		restore = shell.New("restorecon", "-R", "-v")
		what = "all such libraries there, as the next is refused after the first"
	}
	label := words.Sprintf("label textrel_shlib_t for %s: %s; %s", what,
		labelEntry(l.Report, "textrel_shlib_t", pattern, ""), restore.Arg(tree))
	switch {
	case there != "":
		return words.Sprintf("%s, %s; or narrower: %s", there, cost, label)
	case len(it.Switches) > 0:
		return words.Sprintf("%s; or %s, %s", label,
			shell.New("setsebool", "-P").With(SettingArgs(l.policy(), it.Switches[0])), cost)
	case d.Verdict == diagnose.UnknownHere && !strings.Contains(it.AVC.SContext, ":system_r:"):
		return words.Sprintf("%s; or the boolean selinuxuser_execmod (allow_execmod in other policies), %s", label,
			cost)
	}
	return label
}

// inMemory reports whether a path is none of a file that could be labelled: memory of memfd_create and shmget, or a
// file that was removed while a program had it open.
func inMemory(name string) bool {
	return diagnose.InMemory(name) || strings.HasSuffix(name, " (deleted)")
}

// execmodInMemory is execmodText for such memory.
func (l *Log) execmodInMemory(it *incident.Finding, there, cost string) string {
	const setting = "a setting of the program by which it compiles no code while it runs (JIT), or a newer version " +
		"of it"
	switch {
	case there != "":
		return words.Sprintf("%s; else %s, %s", setting, there, cost)
	case len(it.Switches) > 0:
		return words.Sprintf("%s; else %s, %s", setting,
			shell.New("setsebool", "-P").With(SettingArgs(l.policy(), it.Switches[0])), cost)
	}
	return setting + "; else an allow rule, if the program is trusted to do so (--allow)"
}

// librariesOf returns the tree and the pattern of file_contexts for the libraries beside one, or for the file alone
// where its name is not that of a library, or where the libraries of the whole system are. A space in a pattern is
// written as a class, since file_contexts has spaces between its fields.
func librariesOf(name string) (tree, pattern string, all bool) {
	quote := func(s string) string { return strings.ReplaceAll(regexp.QuoteMeta(s), " ", `\s`) }
	if name == "" {
		name = "FILE"
	}
	base, dir := path.Base(name), "DIR"
	if strings.HasPrefix(name, "/") {
		dir = path.Dir(name)
	}
	end := ""
	switch {
	case strings.HasSuffix(strings.ToLower(base), ".dll"):
		end = `/.*\.` + base[len(base)-len("dll"):]
	case strings.HasSuffix(base, ".so") || strings.Contains(base, ".so."):
		end = `/.*\.so(\..*)?`
	}
	system := slices.Contains([]string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib",
		"/usr/local/lib64"}, dir) || strings.HasSuffix(dir, "-linux-gnu")
	if end == "" || system {
		return name, quote(name), false
	}
	return dir, quote(dir) + end, true
}
