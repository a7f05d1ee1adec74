package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/subject"
)

// contained notes a process of a container whose engine has not its own domain: its containers run in that of a daemon
// without one, and their files have the label of the directory that the engine keeps them in. The root of a container
// is an overlay; that of a live system or of ostree is one too, so that the label or the text has to say it.
func (g *Diagnoser) contained(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if a.Dev != "overlay" || !subject.IsLeftover(source) || d.Verdict == NowAllowed || a.PID == 1 ||
		a.Comm == "systemd" || strings.HasPrefix(a.Comm, "(") || runtime(a, e) != "" ||
		strings.HasPrefix(a.Path, "/var/lib/") || !ofStorage(target) && !g.prose.Containers && !g.prose.Pods {
		return false
	}
	d.Instead = InsteadEngine
	where := ""
	if strings.HasPrefix(a.Path, "/") {
		where = fmt.Sprintf(", and %s is in it, not on the host", a.Path)
	}
	if !ofStorage(target) {
		where = " (that of a live system or of ostree is one too: then it is none of a container)" + where
	}
	d.note(NoteDaemon, fmt.Sprintf("the file is on an overlay, as the root of a container is%s; the process runs as "+
		"%s, "+
		"so that its engine has no domain of its own, or SELinux is off in the engine: then containers are not "+
		"labelled",
		where, source))
	return true
}

// engineOfPipe notes a pipe for the output of a container: the engine made it, and so has the domain of the pipe.
func engineOfPipe(d *Diagnosis, target string) {
	text := fmt.Sprintf("it is a pipe without a name, which %s made: as a rule the engine, for the input or output of "+
		"the container", target)
	if target == "kernel_t" || subject.IsLeftover(target) {
		d.Instead = InsteadEngine
		text += fmt.Sprintf("; then the engine runs as %s, and has no domain of its own", target)
	}
	d.note(NoteDaemon, text)
}

// ofStorage reports whether a label is one that the storage of an engine has where nothing labels the files of
// containers.
func ofStorage(typ string) bool {
	return EngineStorage(typ) ||
		slices.Contains([]string{"var_lib_t", "var_t", "default_t", "unlabeled_t", "container_file_t"}, typ)
}

// ofUdica reports whether a context is that of a container with a policy of its own, as udica writes it: the type is
// NAME.process, and the level has the categories of a container.
func ofUdica(context string) bool {
	return strings.HasSuffix(audit.ContextType(context), ".process") && strings.Contains(low(context), ":")
}

// own notes what a container with a policy of its own was refused.
func own(d *Diagnosis, a *audit.AVC) bool {
	if !ofUdica(a.SContext) || d.Verdict == NowAllowed {
		return false
	}
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	text := fmt.Sprintf("%s is the type of a container with a policy of its own, as udica writes it: a rule is for "+
		"that "+
		"container alone, and belongs in its .cil", source)
	d.Instead = InsteadPolicy
	if name := path.Base(cmp.Or(a.Path, a.Name)); strings.HasSuffix(name, ".sock") &&
		slices.ContainsFunc([]string{"docker", "podman", "containerd", "crio"}, func(engine string) bool {
			return strings.Contains(name, engine)
		}) {
		d.Instead = InsteadSocket
		text += "; who may talk to a container engine may do all that its user may"
	}
	if a.Has("connectto") {
		text += fmt.Sprintf("; connectto is asked on the domain of who listens (%s), not on the label of the socket's "+
			"file, which restorecon changes", target)
	}
	d.note(NoteVolume, text)
	return true
}

// made notes a file that the engine makes for a container and mounts, which has the label of the engine's own.
func made(d *Diagnosis, a *audit.AVC) bool {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	name := cmp.Or(a.Path, a.Name)
	switch path.Base(name) {
	case "resolv.conf", "hosts", "hostname", ".containerenv":
	default:
		if !madeByEngine(name) {
			return false
		}
	}
	if !isContainer(source) || a.TClass == "sock_file" || fileKind(a.TClass) == 0 || d.Verdict == NowAllowed ||
		!ofRuntime(target) && target != "var_run_t" && target != "container_runtime_tmpfs_t" {
		return false
	}
	d.Instead = InsteadMade
	d.note(NoteVolume, fmt.Sprintf("%s is a file that the engine makes in its directory in /run for each container, "+
		"and "+
		"mounts: it left the label of that directory on it, %s; that of the host is another "+
		"file", path.Base(name), target))
	return true
}
