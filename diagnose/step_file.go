package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/network"
)

// fileStep finds the first step for a denial of a file: its label comes first, then whose file it is.
func (g *Diagnoser) fileStep(d *Diagnosis, a *audit.AVC) Step {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	service := role(a.SContext) == "system_r"
	starts := a.Has("execute") || a.Has("execute_no_trans")
	ofKernelFiles := a.Dev == "proc" || a.Dev == "sysfs" || ofKernel(target)
	switch {
	case ofKernelFiles:
		if !changesFile(a) && !a.Has("mounton") && !a.Has("relabelto") ||
			d.Noted(NoteMeaning) && target == "cgroup_t" && strings.HasSuffix(a.Name, ".pressure") {
			return StepLeave
		}
		return StepRule // the kernel makes such files, with their labels
	case d.passed, a.TClass == "fifo_file" && strings.HasPrefix(a.Path, "pipe:[") && a.Has("open"):
		return StepRule
	case a.TClass == "fifo_file" && strings.HasPrefix(a.Path, "pipe:["),
		strings.HasSuffix(a.Path, "/.xsession-errors") && only(a, "write", "append", "getattr"): // standard error
		return StepLeave
	case hugePage(a.Path):
		return StepLeave
	case strings.HasPrefix(a.Path, "/memfd:") || strings.HasPrefix(a.Path+a.Name, "memfd:"):
		return StepOwn
	case d.Starting != "" && starts && (ofHome(target) || belowHomes(a.Path)):
		return StepStart // the label of the place is one of homes as well
	case d.File != nil && d.File.Wanted != "":
		return StepPath
	case withoutLabel(target) || target == "device_t" && a.TClass != "dir":
		return StepLabel
	case d.Starting != "" && starts:
		return StepStart
	case d.Starting != "", source == "init_t" && a.Comm == "systemd" && a.TClass == "sock_file" && !a.Has("write"):
		return StepSetup // also the socket of a .socket unit
	case ofHome(target) && service && a.TClass == "dir" && a.Name == "root":
		return StepLeave
	case service && (ofHome(target) || d.File != nil && d.File.Moved):
		return StepHome
	case service && itself(a) && !programLabel(target):
		return StepProgram
	case OneLabel(target) && !looks(a):
		return StepMount
	case service && a.TClass == "dir" && changesFile(a) && (inPlace(a, target) || target == "user_home_dir_t" ||
		target == "home_root_t"):
		return StepDirectory
	case service && (target == "var_run_t" || target == "runtime_t") && (a.Has("create") || a.Has("add_name")):
		return StepDirectory // what does not exist yet has no label to restore
	case service && changesFile(a) && (programLabel(target) || target == "lib_t"):
		return StepInstalled
	case service && (target == "tmp_t" || target == "user_tmp_t") && a.TClass == "file" && !looks(a) && !starts:
		return StepTemporary
	case service && (misplacedFile(a, target) || ofAll(target) && (changesFile(a) || target == "mnt_t") && !starts):
		return StepPlace
	case d.control && looks(a): // it is about to be used
		return StepRule
	case ownLabel(source, target):
		return StepOwn
	case starts && strings.HasSuffix(target, "_exec_t") && target != "shell_exec_t":
		return StepDomain
	case starts:
		return StepRuns
	case d.Optional || looks(a):
		return StepLeave
	case target == "user_home_dir_t" && !service:
		return StepHomeDir
	case d.Leftover != "":
		return StepDaemon
	case a.TClass == "sock_file":
		return StepSocket
	case d.File != nil && d.File.Right != "":
	case service && ofOther(target) && source != "init_t" && only(a, "read", "open", "getattr", "write", "append",
		"lock", "ioctl", "map", "create", "unlink", "rename", "setattr", "link", "add_name", "remove_name", "search"):
		return StepOthers
	}
	return StepAsk
}

// belowHomes reports whether a path is one in a home.
func belowHomes(name string) bool {
	return strings.HasPrefix(name, "/home/") || strings.HasPrefix(name, "/root/")
}

// inPlace reports whether a directory with the label of a place is the place itself, by its name.
func inPlace(a *audit.AVC, target string) bool {
	if a.Name == "/" {
		return ofPlace(target) || target == "root_t"
	}
	name := map[string]string{"var_run_t": "run", "runtime_t": "run", "var_lib_t": "lib", "var_log_t": "log",
		"var_spool_t": "spool", "var_cache_t": "cache", "var_t": "var", "srv_t": "srv", "etc_t": "etc", "usr_t": "usr",
		"mnt_t": "mnt"}[target]
	return name != "" && (a.Name == name || strings.HasSuffix(a.Path, "/"+name))
}

// ofAll reports whether a type is the label of what all services have in common, by the names that policies give it.
func ofAll(typ string) bool {
	return slices.Contains([]string{"etc_t", "usr_t", "mnt_t", "root_t"}, typ)
}

// looks reports whether a denial is about a look at a directory or at what is there, not about its use.
func looks(a *audit.AVC) bool {
	if a.TClass == "dir" {
		return only(a, "search", "getattr", "read", "open")
	}
	return only(a, "getattr")
}

// ownLabel reports whether a file has by its name a label of the domain itself: tlp_t and tlp_var_lib_t, sshd_t and
// ssh_home_t.
func ownLabel(source, target string) bool {
	name := strings.TrimSuffix(source, "_t")
	short := strings.TrimSuffix(name, "d")
	return len(short) > 2 && (strings.HasPrefix(target, name+"_") || strings.HasPrefix(target, short+"_"))
}

// ofOther reports whether a type is by its name the label of files of a service.
func ofOther(typ string) bool {
	return slices.ContainsFunc([]string{"_var_run_t", "_runtime_t", "_var_lib_t", "_log_t", "_cache_t", "_spool_t",
		"_tmp_t", "_etc_t", "_conf_t", "_config_t", "_data_t", "_db_t", "_lock_t"},
		func(end string) bool { return strings.HasSuffix(typ, end) && typ != "user_tmp_t" })
}

// fileElsewhere describes the file of a denial with a type that the policy lacks, by the record and the policy's file
// contexts.
func (g *Diagnoser) fileElsewhere(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Hook == HookCapability && (a.Has("dac_override") || a.Has("dac_read_search")) {
		d.File = dacFile(e)
		return
	}
	kind, name, target := fileKind(a.TClass), fullPath(a, e), audit.ContextType(a.TContext)
	if kind == 0 || d.Hook != HookOther || a.Dev == "rootfs" || a.Dev == "proc" || a.Dev == "sysfs" {
		return
	}
	if _, inside := placeInRoot(name); inside || isContainer(audit.ContextType(a.SContext)) { // no path of the host
		d.File = &File{Name: cmp.Or(name[strings.LastIndexByte(name, '/')+1:], a.Name)}
		return
	}
	d.File = &File{Path: name, Name: cmp.Or(name[strings.LastIndexByte(name, '/')+1:], a.Name),
		Lost: withoutLabel(target)}
	table := g.files()
	if table == nil || name == "" || strings.HasPrefix(name, "/dev/pts/") || OneLabel(target) || isVolume(target) {
		return
	}
	// A label that the policy lacks may be the right one there, unless it is that of nothing or of a home.
	if _, known := g.p.Type(target); !known && !d.File.Lost && !ofHome(target) {
		g.labelHere(d, a, table, kind)
		return
	}
	m, err := table.Lookup(name, kind)
	wanted := audit.ContextType(m.Context)
	if err == nil && wanted == target {
		d.File.Right = fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 || wanted == "default_t" ||
		wanted == target || slices.Contains(places(), wanted) || ofHome(target) && inHomes(wanted) {
		return // a place without an entry of its own here may have one there
	}
	d.File.Wanted, d.File.From = m.Context, fmt.Sprintf("%s:%d", m.File, m.Line)
	d.Assumptions = append(d.Assumptions, network.Assumption{Code: network.AssumedFileLabel,
		Text: fmt.Sprintf("the host of the log labels %s as the file_contexts of this policy do, %s", name, wanted)})
}

// inHomes reports whether a type is a label of files in homes: of root's home policies have different ones.
func inHomes(typ string) bool { return strings.Contains(typ, "home") || strings.HasPrefix(typ, "xdg_") }
