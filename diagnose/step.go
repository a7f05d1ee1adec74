package diagnose

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/subject"
)

// A Step is what to do first about a denial with a name that the policy lacks. It goes by what the record and this
// policy's file contexts tell for certain; what the access needs, only the policy of that host decides.
type Step string

// The steps. The empty Step is for denials that the policy at hand answers, and for those with an Instead.
const (
	// StepAsk: nothing tells more; the policy of that host is to be asked.
	StepAsk Step = "ask-there"
	// StepRule: no label can be wrong, and a rule of that policy is missing.
	StepRule Step = "rule"
	// StepLeave: programs do without as a rule.
	StepLeave Step = "leave"
	// StepImage: the policy is a part of an image, as Android's.
	StepImage Step = "image-policy"
	// StepImageLabel: so, and the object has no label of its own there.
	StepImageLabel Step = "image-label"
	// StepImageDomain: so, and the program has no domain of its own there.
	StepImageDomain Step = "image-domain"
	// StepMode: owner or mode of a file come first.
	StepMode Step = "file-mode"
	// StepCapability: another capability, which a setting of the unit may spare.
	StepCapability Step = "capability"
	// StepPath: by this policy's file_contexts the path has the label File.Wanted.
	StepPath Step = "label-of-path"
	// StepLabel: the file has no label of its own.
	StepLabel Step = "label-file"
	// StepHome: the file has the label of homes.
	StepHome Step = "moved-from-home"
	// StepHomeDir: a program of a person makes something in the home itself.
	StepHomeDir Step = "home-directory"
	// StepPlace: the file has the label of a place.
	StepPlace Step = "label-of-place"
	// StepDirectory: the service makes something in the place itself.
	StepDirectory Step = "own-directory"
	// StepTemporary: a file in /tmp of a program without a label of its own there.
	StepTemporary Step = "own-temporary-directory"
	// StepInstalled: a service is to change what others run.
	StepInstalled Step = "installed-programs"
	// StepMount: all files of the file system have one label.
	StepMount Step = "mount-option"
	// StepOwn: both labels are of one domain by their names; a rule of that policy is missing.
	StepOwn Step = "policy-of-domain"
	// StepOthers: the file has by its name the label of another service's files.
	StepOthers Step = "file-of-other"
	// StepProgram: a program has the label of data.
	StepProgram Step = "label-program"
	// StepStart: systemd is to start a program whose label it may not start.
	StepStart Step = "label-to-start"
	// StepDomain: the program has a domain of its own.
	StepDomain Step = "other-domain"
	// StepRuns: a domain starts a program in its own domain.
	StepRuns Step = "run-in-domain"
	// StepBus: a message on D-Bus, which needs both directions.
	StepBus Step = "both-directions"
	// StepSocket: a UNIX socket, whose file and whose owner are asked for.
	StepSocket Step = "both-halves"
	// StepHostSocket: a container wanted a socket whose owner may do all on the host.
	StepHostSocket Step = "socket-of-host"
	// StepVolume: a container wanted a file of the host.
	StepVolume Step = "volume"
	// StepCategories: a container wanted a volume of another container.
	StepCategories Step = "categories"
	// StepContainers: the policy for containers is older than what starts them.
	StepContainers Step = "policy-for-containers"
	// StepDaemon: a daemon runs as what started it, or without a domain (Leftover).
	StepDaemon Step = "daemon-domain"
	// StepEngine: the engine of containers runs without its own domain.
	StepEngine Step = "engine-domain"
	// StepPort: a port, for which that policy has labels and booleans.
	StepPort Step = "port-there"
	// StepUnit: a setting of the unit keeps the program from its domain.
	StepUnit Step = "unit-setting"
	// StepBounds: a program does not get its domain (Diagnosis.Starter).
	StepBounds Step = "bounds"
	// StepContext: a computed context is not valid (Diagnosis.Invalid).
	StepContext Step = "valid-context"
	// StepCode: the program makes code in memory.
	StepCode Step = "code-in-memory"
	// StepSetup: systemd does it for a unit before the program is started.
	StepSetup Step = "unit-setup"
	// StepLevel: the levels decide.
	StepLevel Step = "level"
	// StepLevelName: the levels may decide, and the record has only a name for one.
	StepLevelName Step = "level-name"
)

// firstStep finds the first step for a denial with a type or a level that the policy lacks.
func (g *Diagnoser) firstStep(d *Diagnosis, a *audit.AVC) {
	level := slices.ContainsFunc(d.Missing, func(g Gap) bool { return g.Kind == NoLevel })
	if d.Verdict != UnknownHere || d.Instead != "" || !lacksType(d) && !level && !d.elsewhere {
		return
	}
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	switch {
	case d.Image:
		d.Step = d.imageStep()
	case d.HostSocket:
		d.Step = StepHostSocket
	case d.Harmless || d.Needless || a.TClass == "process" && only(a, "noatsecure", "rlimitinh", "siginh"):
		d.Step = StepLeave
	case !lacksType(d) && !d.elsewhere:
		d.Step = StepLevel
		if IsLevelName(d.foreignLevel) {
			d.Step = StepLevelName
		}
	case a.Has("dac_override") || a.Has("dac_read_search"):
		d.Step = StepMode
	case d.Hook == HookNameBind || d.Hook == HookNameConnect:
		if d.Step = StepPort; d.Leftover != "" {
			d.Step = StepDaemon
		}
	case isContainer(source) && fileKind(a.TClass) != 0:
		d.Step = containerStep(a, target)
	case a.TClass == "process" && a.Has("transition") && isContainer(target) && subject.IsLeftover(source):
		d.Step = StepEngine
	case fileKind(a.TClass) != 0:
		d.Step = g.fileStep(d, a)
	case d.Noted(NoteNoNewPrivileges):
		d.Step = StepUnit
	case d.passed:
		d.Step = StepRule
	case d.Optional || a.TClass == "fd" || source != target && a.TClass == "unix_stream_socket" &&
		only(a, "read", "write", "getattr", "ioctl"): // standard output and error, which systemd reads
		d.Step = StepLeave
	case source == target && strings.HasPrefix(source, "unconfined"):
		d.Step = StepOwn
	case a.TClass == "process" && subject.IsLeftover(target) && target != "init_t":
		d.Step, d.Leftover = StepDaemon, target
	case d.Leftover != "":
		d.Step = StepDaemon
	case a.Has("execmem") || a.Has("execstack") || a.Has("execheap"):
		d.Step = StepCode
	case a.TClass == "dbus" && a.Has("send_msg"):
		d.Step = StepBus
	case a.Has("connectto") || a.Has("sendto"):
		d.Step = StepSocket
	case d.Hook == HookCapability:
		d.Step = StepCapability
	case source == target:
		d.Step = StepOwn
	default:
		d.Step = StepAsk
	}
}

// imageStep finds the first step where the policy is a part of an image.
func (d *Diagnosis) imageStep() Step {
	switch {
	case d.Harmless:
		return StepLeave
	case d.Sealed || d.Change == nil:
		return StepImage
	case d.Change.Domain != "":
		return StepImageDomain
	case d.Change.File != "" || d.Change.Relabel:
		return StepImageLabel
	}
	return StepImage
}

// lacksType reports whether the policy lacks a type of a record.
func lacksType(d *Diagnosis) bool {
	return slices.ContainsFunc(d.Missing, func(g Gap) bool { return g.Kind == NoType })
}

// containerStep finds the first step for a file that a container wanted.
func containerStep(a *audit.AVC, target string) Step {
	switch {
	case otherContainer(a):
		return StepCategories
	case a.TClass == "sock_file" && ofRuntime(target) && otherSocket(a):
		return StepVolume
	case strings.HasPrefix(target, "container_") || strings.HasPrefix(target, "svirt_"):
		return StepContainers
	}
	return StepVolume
}

// only reports whether a denial has none but these permissions.
func only(a *audit.AVC, perms ...string) bool {
	return !slices.ContainsFunc(a.Permissions, func(perm string) bool { return !slices.Contains(perms, perm) })
}
