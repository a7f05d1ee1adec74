package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// volume notes that a container accessed a file of the host: usually one of a volume.
func (g *Diagnoser) volume(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	container := isContainer(source)
	switch {
	case fileKind(a.TClass) == 0 || a.TClass == "chr_file" || a.TClass == "blk_file":
	case g.inRoot(d, a, e):
	case !container && inStorage(a):
		storage(d, a)
	case !container && isVolume(target) && g.prose.Volumes && !ofEngine(source) && d.Verdict != NowAllowed:
		d.Instead = InsteadUsed
		d.note(NoteVolume, fmt.Sprintf("%s is what :z or :Z gives a volume, and by the text a container may use "+
			"this file or its directory, too: both need one label", target))
	case !container && isVolume(target):
		d.Instead = InsteadShared
		d.note(NoteVolume, fmt.Sprintf("%s is what :z or :Z gives a volume: a container was started with this "+
			"file or its directory; restorecon -R gives it back, and the container may not use it then", target))
	case d.Verdict == NowAllowed, !container && InMemory(a.Path):
	case !container && OneLabel(target):
		d.note(NoteVolume, fmt.Sprintf("all files of such a file system have one label (%s): a boolean or a rule is "+
			"for all of them, and the mount option context= gives the files of one mount another label", target))
	case !container:
	case ofPlugins(a):
		plugin(d)
	case target == "tmp_t" && a.TClass == "dir" && a.Dev == "tmpfs" && cmp.Or(a.Name, a.Path) == "/":
		d.Instead = InsteadTmp
		d.note(NoteVolume, "it is the root of a file system in memory with the label of /tmp: /tmp of the host itself")
	case strings.HasPrefix(a.Path, "pipe:["):
		engineOfPipe(d, target)
	case a.TClass != "sock_file" && ofProcess(a.TContext):
		d.Instead = InsteadProcesses
		d.note(NoteVolume, fmt.Sprintf("the container looks at a process outside of it (%s, in /proc): one that is "+
			"to see the processes of the host, as an exporter, runs with the type spc_t (seLinuxOptions: type: "+
			"spc_t, --security-opt label=type:spc_t); it needs not be privileged besides", target))
	case otherContainer(a) && g.prose.Pods:
		d.note(NotePod, "the file has the categories of another pod: a pod without a level gets new ones each time it "+
			"starts, and the files of a volume keep those of the one before")
	case otherContainer(a) && g.prose.Compose:
		d.note(NoteVolume, "the file has the categories of another container, as :Z gives them: in a compose file z "+
			"after the volume (- ./DIR:/DIR:z), or selinux: z of its bind, is for one that containers share")
	case otherContainer(a):
		d.note(NoteVolume, fmt.Sprintf("the file has the categories of another container, as :Z gives them: mount a "+
			"volume that containers share with :z, or start this container with the level of the other "+
			"(--security-opt label=level:%s)", low(a.TContext)))
	case target == "fusefs_t" && ofImage(a):
		d.Instead = InsteadFuse
		d.note(NoteVolume, fmt.Sprintf("%s is a file of the container's own image, on a FUSE file system: the storage "+
			"of the engine is mounted by fuse-overlayfs, and gives all files one label", a.Path))
	case OneLabel(target):
		d.Instead = InsteadMount
		d.note(NoteVolume, fmt.Sprintf("all files of such a file system have one label (%s), which :z and :Z cannot "+
			"change: %s, or the mount option context=", target, g.booleanBeside(d, a)))
	case ofKernel(target) || madeByKernel(a.Dev):
		d.Instead = InsteadKernel
		d.note(NoteVolume, fmt.Sprintf("%s is the label of files that the kernel makes (/proc, /sys, cgroups), not of "+
			"files of a volume: what is written there is for the kernel, of the host as well", target))
	case g.ownRoot(a):
		rootLabel(d, a)
	case target == "container_var_lib_t" || target == "docker_var_lib_t":
		d.Instead = InsteadHostPath
		d.note(NoteVolume, fmt.Sprintf("%s is the label of the engine's own files: a directory of the host that a pod "+
			"gets (hostPath, the volumes of the kubelet) is to have that of volumes", target))
	case strings.HasPrefix(target, "container_") || strings.HasPrefix(target, "svirt_"):
	case a.TClass == "sock_file" && ofService(target):
		d.Instead = InsteadService
		d.note(NoteVolume, fmt.Sprintf("the socket is one of a service of the host (%s): :Z or :z would take it from "+
			"the service's clients on the host", target))
	case a.TClass == "sock_file" && (strings.Contains(target, "tmp") || strings.Contains(target, "home")):
		d.Instead = InsteadService
		d.note(NoteVolume, fmt.Sprintf("the socket is one of a program of the host that has no label of its own for "+
			"it (%s, as in /tmp or a home): :Z or :z labels the file alone, and the kernel then asks connectto on the "+
			"domain of that program; start it as a service, with its socket in its directory in /run", target))
	case ofImage(a):
		d.Instead = InsteadImage
		d.note(NoteVolume, fmt.Sprintf("%s is a file of the container's own image, and %s is no label of images: "+
			"the storage of the engine lost its labels (/var/lib/containers; for the containers of a user "+
			"~/.local/share/containers); if restorecon changes nothing there, install container-selinux again",
			a.Path, target))
	case withoutLabel(target):
		d.Instead = InsteadUnlabelled
		d.note(NoteVolume, fmt.Sprintf("%s is the label of files without one of their own, here as it seems in a "+
			"directory of the host that the container gets as a volume", target))
		g.pathInside(d, a)
	case g.prose.Pods:
		d.Instead = InsteadHostPath
		d.note(NoteVolume, fmt.Sprintf("a container may not use files of the host, such as %s, and nothing labels "+
			"what a hostPath mounts%s", target, ofCNI(a)))
		g.pathInside(d, a)
	default:
		d.note(NoteVolume, fmt.Sprintf("a container may not use files of the host, such as %s, unless :z or :Z labels "+
			"the volume that they are in", target))
		g.pathInside(d, a)
	}
}

// pathInside notes where a path in a container is on the host.
func (g *Diagnoser) pathInside(d *Diagnosis, a *audit.AVC) {
	if m, host := g.prose.MountOf(a.Path); m != nil {
		d.Mount = m
		d.note(NoteInside, fmt.Sprintf("by the text %s is %s of the host", a.Path, host))
	} else if strings.HasPrefix(a.Path, "/") {
		d.note(NoteInside, fmt.Sprintf("%s is the path in the container: on the host the file is in the directory "+
			"that is mounted there", a.Path))
	}
}

// ofCNI says which directories of the host network plugins write to, if a name is the usual one of such a directory.
func ofCNI(a *audit.AVC) string {
	dir := ""
	switch {
	case !changesFile(a):
	case a.Name == "bin":
		dir = "/opt/cni/bin"
	case a.Name == "net.d":
		dir = "/etc/cni/net.d"
	}
	if dir == "" {
		return ""
	}
	return fmt.Sprintf("; of a network plugin (CNI: Cilium, Calico, Multus ...) %s is as a rule %s", a.Name, dir)
}

// ofKernel reports whether a type is the label of files that the kernel makes, by the names that policies give them.
func ofKernel(typ string) bool {
	return slices.Contains([]string{"cgroup_t", "sysfs_t", "proc_t", "debugfs_t", "tracefs_t", "security_t", "bpf_t",
		"pstore_t", "configfs_t", "binfmt_misc_fs_t"}, typ) ||
		strings.HasPrefix(typ, "proc_") || strings.HasPrefix(typ, "sysctl_")
}

// madeByKernel reports whether a device is one of the file systems whose files the kernel makes.
func madeByKernel(dev string) bool {
	return slices.Contains([]string{"proc", "sysfs", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs",
		"selinuxfs", "bpf", "pstore", "configfs"}, dev)
}

// ofPlugins reports whether a denial is about the directories in which plugins register with the kubelet.
func ofPlugins(a *audit.AVC) bool {
	parts := strings.Split(cmp.Or(a.Path, a.Name), "/")
	return slices.ContainsFunc([]string{"device-plugins", "plugins_registry", "pod-resources", "kubelet.sock"},
		func(part string) bool { return slices.Contains(parts, part) })
}

// plugin notes that a container registers with the kubelet.
func plugin(d *Diagnosis) {
	d.Instead = InsteadPlugin
	d.note(NoteVolume, "the kubelet has these directories for plugins, which register there with a socket: "+
		"container-selinux has the type container_device_plugin_t for such a container")
}

// ofService reports whether a label is that of files of a service in /run, by the names that policies give them.
func ofService(typ string) bool {
	name := strings.TrimSuffix(typ, "_t")
	return strings.HasSuffix(name, "_var_run") || strings.HasSuffix(name, "_runtime")
}

// one notes what a container asks for that is neither a file nor a socket of the host.
func one(d *Diagnosis, a *audit.AVC) {
	source := audit.ContextType(a.SContext)
	if !isContainer(source) || source == "spc_t" || d.Verdict == NowAllowed || d.Instead != "" || d.HostSocket ||
		fileKind(a.TClass) != 0 || a.TClass == "dbus" {
		return
	}
	if target := audit.ContextType(a.TContext); target != source {
		if (a.Has("connectto") || a.Has("sendto")) && !isContainer(target) {
			d.Instead = InsteadService
			d.note(NoteVolume, fmt.Sprintf("%s is the type of %s: a rule lets all of them use the socket of %s",
				source, ContainersOf(source), target))
		}
		return
	}
	d.Instead = InsteadOne
	d.note(NoteVolume, fmt.Sprintf("%s is the type of %s: a rule for one of them is for all", source,
		ContainersOf(source)))
}

// ContainersOf says which containers run with a type.
func ContainersOf(typ string) string {
	switch typ {
	case "container_init_t":
		return "all containers that run an init (systemd)"
	case "container_kvm_t":
		return "all containers in virtual machines"
	}
	return "all containers"
}

// storage notes that a program of the host looked into the storage of a container engine.
func storage(d *Diagnosis, a *audit.AVC) {
	if source := audit.ContextType(a.SContext); ofEngine(source) {
		return
	}
	d.Instead = InsteadStorage
	d.note(NoteVolume, "it is the storage of a container engine, with the labels of images and containers: a program "+
		"that looks at all mounts (a monitoring agent, df, find) is to leave it out (overlay, /var/lib/containers), "+
		"and the refusal may stay; restorecon there would stop containers; the engine itself limits the logs "+
		"of its containers (max-size)")
}

// inStorage reports whether a denial is about the storage of a container engine, by the label or by the
// path.
func inStorage(a *audit.AVC) bool {
	return EngineStorage(audit.ContextType(a.TContext)) || slices.ContainsFunc([]string{
		"/var/lib/containers/storage/", "/var/lib/docker/", "/var/lib/containerd/", "/.local/share/containers/storage/",
	}, func(place string) bool {
		return strings.Contains(a.Path, place) && !strings.Contains(a.Path, "/volumes/")
	})
}

// ofEngine reports whether a domain is one of a container engine or of what starts containers for it.
func ofEngine(domain string) bool {
	return slices.ContainsFunc([]string{"container", "docker", "podman", "conmon", "crio", "kubelet", "k3s", "init_t"},
		func(prefix string) bool { return strings.HasPrefix(domain, prefix) })
}

// isVolume reports whether a type is the label of volumes.
func isVolume(typ string) bool {
	return typ == "container_file_t" || typ == "svirt_sandbox_file_t" || typ == "svirt_lxc_file_t"
}

// ofProcess reports whether a context is that of a process, as the files in /proc/PID have it.
func ofProcess(context string) bool {
	parts := strings.SplitN(context, ":", 4)
	return len(parts) > 2 && parts[1] != "" && parts[1] != "object_r"
}

// ofImage reports whether a container reads or runs a library or a program of its own image: people mount
// volumes in other places.
func ofImage(a *audit.AVC) bool {
	switch a.TClass {
	case "file", "lnk_file":
	default:
		return false
	}
	if slices.ContainsFunc(a.Permissions, func(perm string) bool {
		return !slices.Contains([]string{"read", "open", "getattr", "map", "execute", "execute_no_trans",
			"entrypoint"}, perm)
	}) {
		return false
	}
	path := strings.TrimPrefix(a.Path, "/usr")
	return slices.ContainsFunc([]string{"/lib/", "/lib64/", "/bin/", "/sbin/", "/libexec/"},
		func(dir string) bool { return strings.HasPrefix(path, dir) })
}

// device notes what a container asks for that is more than a file: a device, or the socket of the
// runtime.
func device(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if !isContainer(source) || d.Verdict == NowAllowed {
		return
	}
	switch {
	case (a.TClass == "chr_file" || a.TClass == "blk_file") && target != "container_file_t":
		d.Instead = InsteadDevice
		d.note(NoteVolume, "a container uses a device: --device gives it the node, and SELinux asks beside it; the "+
			"boolean container_use_devices opens all devices to all containers, a policy by udica this one to one")
	case a.TClass == "sock_file" && ofRuntime(target) && otherSocket(a):
		d.note(NoteVolume, fmt.Sprintf("by its name it is the socket of another service than a container runtime, "+
			"with the label of its directory in /run, %s: give it a directory of its own there, labelled "+
			"container_file_t, and mount that", target))
	case a.TClass == "sock_file" && ofRuntime(target):
		d.HostSocket = true
		d.note(NoteVolume, fmt.Sprintf("the socket has the label of a container runtime's, %s: who may talk to a "+
			"runtime has the host; start only a container that is to have it with "+
			"--security-opt label=type:spc_t or label=disable, and give containers no rule for it", target))
	case a.Has("connectto") && ofPlugins(a):
		plugin(d)
	case a.Has("connectto") && (strings.HasPrefix(target, "container_runtime") || strings.HasPrefix(target, "docker") ||
		target == "unconfined_t" || target == "init_t" || target == "unconfined_service_t"):
		d.HostSocket = true
		d.note(NoteVolume, fmt.Sprintf("the socket is that of %s: who may talk to a container runtime, or to a "+
			"service that is not confined, has the host; start only a container that is to have it with "+
			"--security-opt label=type:spc_t or label=disable, and give containers no rule for it", target))
	}
}

// ofRuntime reports whether a label is that of the sockets and files in /run of a container runtime, by the
// names that policies give them.
func ofRuntime(typ string) bool {
	switch typ {
	case "container_var_run_t", "container_runtime_var_run_t", "docker_var_run_t", "container_runtime_tmp_t":
		return true
	}
	return false
}

// otherSocket reports whether a socket is by its name not that of a container runtime.
func otherSocket(a *audit.AVC) bool {
	name := strings.ToLower(path.Base(cmp.Or(a.Path, a.Name)))
	return strings.HasSuffix(name, ".sock") && !slices.ContainsFunc([]string{"docker", "podman", "containerd", "cri",
		"buildkit", "kube", "runtime"}, func(word string) bool { return strings.Contains(name, word) })
}

// otherContainer reports whether the object of a container's denial has the categories of another
// container.
func otherContainer(a *audit.AVC) bool {
	own, other := low(a.SContext), low(a.TContext)
	return isVolume(audit.ContextType(a.TContext)) && strings.Contains(other, ":") && own != other
}

// low returns the low level of a context, "" if it has none.
func low(context string) string {
	parts := strings.SplitN(context, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	level, _, _ := strings.Cut(parts[3], "-")
	return level
}

// isContainer reports whether a domain is one that runtimes start containers in.
func isContainer(domain string) bool {
	switch domain {
	case "container_t", "container_init_t", "svirt_lxc_net_t", "spc_t", "container_kvm_t", "container_userns_t",
		"pod_t":
		return true
	}
	return false
}

// OneLabel reports whether a type is the label of all files of a file system that keeps
// no labels, by the names that policies give them.
func OneLabel(typ string) bool {
	return slices.Contains([]string{
		"nfs_t", "cifs_t", "fusefs_t", "dosfs_t", "iso9660_t", "vmblock_t", "hugetlbfs_t", "removable_t", "noxattrfs_t",
		"ceph_t", "glusterfs_t", "virtiofs_t", "9p_t",
	}, typ)
}
