package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// inherited notes a file that the program did not open itself: where a program starts in another domain, the kernel
// asks for each open file that it gets from its caller, and puts /dev/null in the place of a refused one
// (flush_unauthorized_files).
func inherited(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Hook != HookFD && carried(d, a, e) {
		return
	}
	if source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext); source != target &&
		a.TClass == "fifo_file" && strings.HasPrefix(a.Path, "pipe:[") && d.Verdict != NowAllowed &&
		!isContainer(source) {
		if a.Has("open") {
			d.note(NoteInherited, fmt.Sprintf("it is a pipe of %s that %s opens by a path (/dev/fd/N, as "+
				"<(COMMAND) of a shell gives one, or /dev/stdin): its input or output, and it fails without, as a "+
				"rule; a pipe has the label of its maker, and nothing is to be relabelled", target, source))
			return
		}
		d.note(NoteInherited, fmt.Sprintf("it is a pipe without a name, which %s made and %s inherited or was passed, "+
			"as its input or output: what goes through it is lost, and the program works all the same as a rule",
			target, source))
	}
	if leakedFile(d, a, e) {
		d.Harmless = true
		d.note(NoteInherited, fmt.Sprintf("the file was open already (a path, and no open), and is the log of another "+
			"program: as a rule what started %s left it open; report it to the maker of that", cmp.Or(a.Comm,
			audit.ContextType(a.SContext))))
	} else if passed(d, a, e) {
		d.note(NoteInherited, fmt.Sprintf("the file was open already (a path, and no open): %s got it from its "+
			"caller, as where output goes to a file (> FILE, 2> FILE): let the caller take it from a pipe (| cat > "+
			"FILE), or the program write where its own files are", audit.ContextType(a.SContext)))
	} else if leftOpen(d, a, e) {
		d.Optional = true
		d.note(NoteInherited, fmt.Sprintf("the file was open already, to read and to write (a path, and no open): as "+
			"a rule what started %s left it open, and it does without", cmp.Or(a.Comm, audit.ContextType(a.SContext))))
	}
	if e.Syscall == nil || e.Syscall.Name != "execve" && e.Syscall.Name != "execveat" || a.Path == "" ||
		d.Verdict == NowAllowed || fileKind(a.TClass) == 0 ||
		slices.ContainsFunc(a.Permissions, func(perm string) bool {
			return perm != "read" && perm != "write" && perm != "append"
		}) {
		return
	}
	d.Harmless = true
	d.note(NoteInherited, fmt.Sprintf("it was asked as the program was started: its caller had the %s open, as where "+
		"output goes to a file; the program gets /dev/null in its place, and works all the same as a rule", a.TClass))
}

// leftOpen reports whether a helper was given a file that is open to read and to write, or another program a temporary
// file of another domain: it opened none itself, and what started it runs in another domain. What has no label that
// tells its purpose is another matter.
func leftOpen(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	return e.Syscall == nil && a.TClass == "file" && strings.HasPrefix(a.Path, "/") && d.Verdict != NowAllowed &&
		len(a.Permissions) == 2 && a.Has("read") && a.Has("write") &&
		(d.File == nil || !d.File.Lost && !d.File.Helps) &&
		(isHelper(strings.TrimSuffix(audit.ContextType(a.SContext), "_t")) || temporaryOfOther(a)) &&
		!strings.HasPrefix(a.Path, "/dev/") && !strings.HasPrefix(a.Path, "/memfd:")
}

// temporaryOfOther reports whether a file in /tmp has the label of temporary files of another domain.
func temporaryOfOther(a *audit.AVC) bool {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	maker, ok := strings.CutSuffix(target, "_tmp_t")
	return ok && maker != "user" && !strings.HasPrefix(source, maker) &&
		!strings.HasPrefix(maker, strings.TrimSuffix(source, "_t")) &&
		(strings.HasPrefix(a.Path, "/tmp/") || strings.HasPrefix(a.Path, "/var/tmp/"))
}

// passed reports whether a program writes to a file in /tmp or in a home that it did not open itself: the kernel gives
// the name of a file that is opened, and the path of one that is open.
func passed(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	return e.Syscall == nil && (a.TClass == "file" || a.TClass == "fifo_file") && strings.HasPrefix(a.Path, "/") &&
		d.Verdict != NowAllowed && !strings.HasPrefix(a.Path, "/memfd:") &&
		!isContainer(audit.ContextType(a.SContext)) &&
		slices.Contains([]string{"tmp_t", "user_tmp_t", "user_home_t", "admin_home_t"},
			audit.ContextType(a.TContext)) &&
		(a.Has("write") || a.Has("append")) &&
		!slices.ContainsFunc(a.Permissions, func(perm string) bool {
			return perm != "read" && perm != "write" && perm != "append"
		})
}
