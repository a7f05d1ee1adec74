package diagnose

// An Instead names the right change for a denial whose cause is known, where a rule would open far more than what was
// asked for.
type Instead string

// The changes. The empty Instead says that nothing is known against a rule.
const (
	// InsteadImage: the storage of a container engine lost the labels of images, and is to be relabelled.
	InsteadImage Instead = "image-labels"
	// InsteadStorage: a program of the host is to leave out the storage of a container engine.
	InsteadStorage Instead = "container-storage"
	// InsteadRuntime: the engine of containers works on the root of a container, and lacks its domain or a newer
	// policy.
	InsteadRuntime Instead = "container-runtime"
	// InsteadShared: a container got a file or directory of the host as a volume, which relabelled it.
	InsteadShared Instead = "shared-volume"
	// InsteadUsed: so, and by the text a container still uses it: the label of a service would take it away.
	InsteadUsed Instead = "volume-in-use"
	// InsteadProcesses: a container that is to see processes of the host needs another type.
	InsteadProcesses Instead = "host-processes"
	// InsteadMount: a container uses a file system whose files have one label.
	InsteadMount Instead = "mount-option"
	// InsteadDevice: a container uses a device of the host.
	InsteadDevice Instead = "device"
	// InsteadStale: a socket in /tmp was made by a program without a domain of its own, and is to be made
	// anew by its service.
	InsteadStale Instead = "stale-socket"
	// InsteadRun: a socket belongs in the service's directory in /run.
	InsteadRun Instead = "socket-in-run"
	// InsteadLocal: a program that systemd starts belongs on a file system that keeps labels.
	InsteadLocal Instead = "local-program"
	// InsteadRole: a person needs a role for administrators.
	InsteadRole Instead = "role"
	// InsteadSudo: a service runs sudo or su, which its domain is not made for.
	InsteadSudo Instead = "sudo"
	// InsteadHome: a directory of a program in a home lost its label.
	InsteadHome Instead = "home-labels"
	// InsteadKernel: a container uses files of the kernel's own file systems (/proc, /sys, cgroups).
	InsteadKernel Instead = "kernel-files"
	// InsteadPlugin: a container that registers with the kubelet needs the type for that.
	InsteadPlugin Instead = "device-plugin"
	// InsteadOne: one container asks for what a rule would give to all.
	InsteadOne Instead = "one-container"
	// InsteadService: a container uses the socket of a service of the host.
	InsteadService Instead = "service-of-host"
	// InsteadHostPath: a container uses a directory of the host with the label of the engine's own files, or a pod one
	// with another label of the host.
	InsteadHostPath Instead = "host-path"
	// InsteadUnlabelled: a container uses files of the host that have no label of their own.
	InsteadUnlabelled Instead = "volume-without-label"
	// InsteadFuse: the storage of a container engine is on a FUSE file system.
	InsteadFuse Instead = "image-on-fuse"
	// InsteadEngine: the engine of a container has no domain of its own, or SELinux is off in it.
	InsteadEngine Instead = "engine-domain"
	// InsteadPolicy: a container has a policy of its own, which is to have the rule.
	InsteadPolicy Instead = "container-policy"
	// InsteadSocket: so, and it is the socket of an engine, which gives all that its user may.
	InsteadSocket Instead = "engine-socket"
	// InsteadMade: the engine did not label a file that it made for a container.
	InsteadMade Instead = "engine-file"
	// InsteadBoot: the system did not leave the kernel's own domain when it was started.
	InsteadBoot Instead = "kernel-domain"
	// InsteadConstraint: audit2allow found a constraint, which no rule changes.
	InsteadConstraint Instead = "constraint"
	// InsteadDomain: a service was refused its domain, and what it does in that of systemd follows from it.
	InsteadDomain Instead = "domain"
	// InsteadFault: what was refused is a fault of the program or of the kernel (execheap).
	InsteadFault Instead = "fault"
	// InsteadStack: a program or library is marked as one that needs an executable stack, and hardly one does.
	InsteadStack Instead = "executable-stack"
	// InsteadTransition: today's policy gives the new object a label of its own, which its maker may create: that of
	// the host of the log is older.
	InsteadTransition Instead = "transition"
	// InsteadModule: a module of the kernel is to be loaded beforehand, at boot.
	InsteadModule Instead = "kernel-module"
	// InsteadScript: a plugin runs in the domain of its service, and is to get the label for one of its own
	// (Diagnosis.Script).
	InsteadScript Instead = "script-label"
	// InsteadForeign: what was unpacked or copied brings a label along that the policy does not have.
	InsteadForeign Instead = "foreign-label"
	// InsteadLink: a link of the system itself, as /home of an ostree system, has the label of its place, which is
	// right.
	InsteadLink Instead = "link-of-system"
	// InsteadTmp: a container uses /tmp of the host itself.
	InsteadTmp Instead = "tmp-of-host"
	// InsteadPlace: systemd is to start a program by a link in a home, and the program belongs elsewhere.
	InsteadPlace Instead = "program-in-home"
)

// Alone reports whether nothing else is to be looked for: no label of a file and no boolean is the right
// change.
func (i Instead) Alone() bool {
	switch i {
	case InsteadImage, InsteadProcesses, InsteadStale, InsteadRole, InsteadBoot, InsteadPlugin, InsteadFuse,
		InsteadUnlabelled, InsteadFault, InsteadConstraint, InsteadDomain, InsteadTransition, InsteadScript,
		InsteadModule, InsteadHostPath, InsteadUsed, InsteadEngine, InsteadPolicy, InsteadSocket, InsteadMade,
		InsteadRuntime, InsteadStack, InsteadForeign, InsteadPlace, InsteadTmp,
		InsteadLink:
		return true
	}
	return false
}
