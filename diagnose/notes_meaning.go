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
	for _, text := range x.Sentences() {
		d.note(NoteMeaning, text)
	}
	d.Harmless, d.Optional = x.Harmless(), x.Optional()
	if a.Dev == "rootfs" && fileKind(a.TClass) != 0 {
		d.Harmless = true
		d.note(NoteMeaning, "it is the root file system of the initramfs, before that of the system is mounted: its "+
			"files have no labels of their own, and nothing is to be relabelled")
	}
	if x.Person() {
		d.Instead = InsteadRole
	}
	if a.TClass == "process" && (a.Has("execheap") || a.Has("execstack")) && d.Instead == "" && d.Leftover == "" {
		d.Instead = InsteadFault
	}
	if a.Has("module_request") && a.KMod != "" && !d.Harmless && !d.Image && !isAndroid(a.SContext) {
		d.Instead = InsteadModule
	}
	if target := x.Target; a.Dev == "proc" && (a.TClass == "file" || a.TClass == "dir" || a.TClass == "lnk_file") &&
		ofProcess(a.TContext) && target != x.Source && !isContainer(x.Source) && !changesFile(a) {
		d.Optional = true
		d.note(NoteMeaning, fmt.Sprintf("it is a part of /proc/PID of a process that runs as %s, where programs look "+
			"who else runs; a rule would be for all processes in %s", target, target))
	}
	if strings.HasPrefix(a.Path, "/memfd:") {
		text := "it is memory that a program made itself (memfd_create), not a file on a disk: nothing is to be " +
			"relabelled; a rule for the domain's own tmpfs type does"
		if slices.Contains(a.Permissions, "execute") {
			text += "; libffi, as Python's ctypes uses it, and compilers at run time run code from there"
		}
		d.note(NoteMeaning, text)
	}
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
		}
		if name := strings.Trim(field(a, "interface")+"."+field(a, "member"), "."); name != "" {
			kind += " (" + name + ")"
		}
		return fmt.Sprintf("%s%s from %s to %s; what is answered needs the other direction as well", text, kind,
			audit.ContextType(a.SContext), audit.ContextType(a.TContext))
	case "service", "system":
		return "systemd asked, not the kernel: a unit was to be started, stopped or looked at"
	case "service_manager", "hwservice_manager":
		return "the service manager of Android asked, not the kernel"
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

// isAndroid reports whether a context is of Android's form: u:r:DOMAIN, u:object_r:TYPE.
func isAndroid(context string) bool {
	return strings.HasPrefix(context, "u:r:") || strings.HasPrefix(context, "u:object_r:")
}

// android notes who may change the policy of Android, where no module is installed.
func android(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if !isAndroid(a.SContext) || !isAndroid(a.TContext) || d.Verdict == NowAllowed {
		return
	}
	d.Image = true
	if isApp(source) && target == "apk_data_file" && (a.Has("execute") || a.Has("execute_no_trans")) {
		d.note(NoteAndroid, "this is Android, and apk_data_file is what an app's package brings: apps may run "+
			"programs from there by the policy of AOSP, so that a system that refuses it took that away; only its "+
			"image can change it")
	} else if isApp(source) {
		d.Sealed = true
		d.note(NoteAndroid, fmt.Sprintf("this is Android, and %s is the domain of apps: what apps may do is "+
			"fixed, and neverallow rules and the compatibility tests keep a rule out; the app has to use the API "+
			"of the system instead, and often the line is harmless", source))
	} else {
		d.note(NoteAndroid, fmt.Sprintf("this is Android: the policy is a part of the image, and nothing is "+
			"installed on the device; a rule belongs in %s.te of the device's or vendor's sepolicy directory, "+
			"where neverallow rules are checked as the image is built", source))
	}
	switch {
	case a.TClass == "file" && a.Has("execute") && strings.HasSuffix(target, "_data_file") && target != "apk_data_file":
		d.Sealed = true
		d.note(NoteAndroid, fmt.Sprintf("%s is the label of what apps and services write: neverallow rules keep them "+
			"from running it; a program belongs into the image (/system, /vendor) or into the package of the app (its "+
			"libraries)", target))
	case slices.Contains(androidGeneral(), target):
		d.note(NoteAndroid, fmt.Sprintf("%s is the label of what has no label of its own: give the object one first "+
			"(file_contexts, genfs_contexts, service_contexts or property_contexts), then a rule for that "+
			"type", target))
	case target == "su" || source == "su":
		d.note(NoteAndroid, "su is the domain of a rooted or a debug build: its tool is to bring the rules")
	}
}

// isApp reports whether a domain is one that Android runs apps in.
func isApp(domain string) bool {
	for _, prefix := range []string{"untrusted_app", "isolated_app", "ephemeral_app", "sdk_sandbox",
		"isolated_compute_app"} {
		if strings.HasPrefix(domain, prefix) {
			return true
		}
	}
	return false
}

// androidGeneral are Android's labels of what nobody has labelled.
func androidGeneral() []string {
	return []string{
		"block_device", "device", "sysfs", "proc", "debugfs", "system_data_file", "vendor_data_file", "unlabeled",
		"default_android_service", "default_android_hwservice", "default_android_vndservice", "default_prop",
		"vendor_default_prop", "socket_device", "rootfs", "vendor_file", "system_file", "tmpfs",
	}
}
