package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/meaning"
)

// meaning notes what the permissions are for, unless the policy grants them today.
func (g *Diagnoser) meaning(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Verdict == NowAllowed || d.Verdict == NotAsked {
		return
	}
	x := meaning.Access{
		Source: audit.ContextType(a.SContext), Target: audit.ContextType(a.TContext), Class: a.TClass,
		Perms: d.Permissions, Module: a.KMod, Command: a.IoctlCmd, Name: cmp.Or(a.Name, path.Base(a.Path)),
		Inode:     strings.Trim(field(a, "anonclass"), "[]"),
		Succeeded: e.Syscall != nil && e.Syscall.Success != nil && *e.Syscall.Success,
	}
	if !isContainer(x.Source) && strings.HasPrefix(a.Path, "/") { // the path in a container is not the host's
		x.Path = a.Path
	}
	for _, text := range x.Sentences() {
		if n := (Note{NoteUserspace, text}); !slices.Contains(d.Notes, n) {
			d.note(NoteMeaning, text)
		}
	}
	d.Harmless, d.Optional, d.control = x.Harmless(), x.Optional(), x.Control()
	lookForKeys(d, a, e)
	if a.Dev == "rootfs" && fileKind(a.TClass) != 0 {
		d.Harmless = true
		d.note(NoteMeaning, "it is the root file system of the initramfs, before that of the system is mounted: its "+
			"files have no labels of their own, and nothing is to be relabelled")
	}
	if e.Syscall != nil && e.Syscall.Name == "statfs" && (a.TClass == "dir" || a.TClass == "filesystem") {
		d.note(NoteMeaning, "the call is statfs(), which asks how full the file system of a path is: programs that "+
			"watch all mounts ask so for each of them")
	}
	if x.Person() {
		d.Instead = InsteadRole
	}
	if a.TClass == "process" && d.Instead == "" && d.Leftover == "" {
		switch {
		case a.Has("execheap"):
			d.Instead = InsteadFault
		case a.Has("execstack"):
			d.Instead = InsteadStack
		}
	}
	if a.Has("module_request") && a.KMod != "" && !d.Harmless && !d.Image && !isAndroid(a.SContext) {
		d.Instead = InsteadModule
	}
	g.entryOfProcess(d, a, x.Source, x.Target)
	ownMemory(d, a, e)
}

// asker says which program asked, where it was not the kernel.
func asker(a *audit.AVC) string {
	switch a.TClass {
	case "dbus":
		text := "the bus asked (dbus-daemon or dbus-broker), for each message and in its direction: "
		if slices.Contains(a.Permissions, "acquire_svc") {
			return text + "the name on the bus has the label"
		}
		kind := "a message"
		if name := field(a, "msgtype"); name != "" {
			kind = "a " + strings.ReplaceAll(name, "_", " ")
			if name == "error" {
				kind = "an error"
			}
		}
		if name := strings.Trim(field(a, "interface")+"."+field(a, "member"), "."); name != "" {
			kind += " (" + name + ")"
		}
		return fmt.Sprintf("%s%s from %s to %s; what is answered needs the other direction as well", text, kind,
			audit.ContextType(a.SContext), audit.ContextType(a.TContext))
	case "service", "system":
		return "systemd asked, not the kernel: a unit was to be started, stopped or looked at"
	case "service_manager", "hwservice_manager", "property_service":
		x := meaning.Access{Class: a.TClass, Perms: a.Permissions}
		return strings.Join(x.Sentences(), "; ")
	}
	return "a program that enforces the policy itself asked (dbus, systemd, X), not the network code of the kernel"
}

// field returns a field of a record that is not one of every record's, "" if it has none.
func field(a *audit.AVC, key string) string {
	for _, f := range a.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}
