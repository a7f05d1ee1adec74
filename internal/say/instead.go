package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// insteadOfRule says in a sentence what is to be done instead of a rule for a source and a target, which are types.
func insteadOfRule(i diagnose.Instead, source, target string) string {
	all := diagnose.ContainersOf(source)
	switch i {
	case diagnose.InsteadImage:
		return storageText(target)
	case diagnose.InsteadUnlabelled:
		return "mount the volume with :Z (this container alone) or :z (all containers), or label the host's " +
			"directory: semanage fcontext -a -t container_file_t 'DIR(/.*)?', restorecon -R -v DIR; where the files " +
			"are not for containers alone, restorecon -R -v DIR first gives them the labels that they lost; a rule " +
			"would open all files without a label to all containers"
	case diagnose.InsteadFuse:
		return "update container-selinux, which allows it, or use the kernel's own overlay (podman info names the " +
			"driver and its mount_program); neither :Z nor restorecon changes such labels"
	case diagnose.InsteadService:
		return words.Sprintf("none is offered for %s, which is the type of %s: let the container use the "+
			"service's TCP port, if it has one; else udica makes a policy for this container", source, all)
	case diagnose.InsteadHostPath:
		if target != "container_var_lib_t" && target != "docker_var_lib_t" {
			return words.Sprintf("label the directory of the hostPath, if it is for containers alone: %s, then %s "+
				"(the policy package of the distribution, as rke2-selinux and k3s-selinux, may bring that label); a "+
				"pod that installs something on its host runs with seLinuxOptions: type: spc_t; for a home or a "+
				"directory of the system udica makes a policy for one container; no rule for %s, which would be for %s",
				shell.New("semanage", "fcontext", "-a", "-t", "container_file_t").Arg("DIR(/.*)?"),
				shell.New("restorecon", "-R", "-v", "DIR"), target, all)
		}
		return "label the directory for containers: semanage fcontext -a -t container_file_t 'DIR(/.*)?', then " +
			"restorecon -R -v DIR; what the kubelet makes in /var/lib/kubelet has that label by the policy package " +
			"of the distribution (rke2-selinux, k3s-selinux, container-selinux): install it, then restorecon -R -v " +
			"/var/lib/kubelet"
	case diagnose.InsteadStorage:
		return "none is offered: leave it refused, or hide it with a dontaudit rule, and have the program leave out " +
			"the storage of containers"
	case diagnose.InsteadRuntime:
		return runtimeText(source, target, nil)
	case diagnose.InsteadShared:
		return "restorecon -R -v DIR gives its own label back, where no container needs it any more; a container " +
			"gets a directory of its own"
	case diagnose.InsteadUsed:
		return usedVolume(source, target, nil)
	case diagnose.InsteadProcesses:
		return words.Sprintf("none is offered for %s, which is the type of %s: run the one that is to see "+
			"the host with the type spc_t", source, all)
	case diagnose.InsteadMount:
		return words.Sprintf("the mount option context=\"system_u:object_r:container_file_t:s0\" (the label of "+
			"volumes), where only containers use it; a rule would be for all containers and all files labelled %s",
			target)
	case diagnose.InsteadDevice:
		return words.Sprintf("none is offered for %s, which is the type of %s: udica makes a policy for "+
			"this one; container_use_devices=on, where the policy has it, is for all", source, all)
	case diagnose.InsteadStale:
		return words.Sprintf("remove the socket and restart its service with systemctl; a rule for %s would be for "+
			"the sockets of all users", target)
	case diagnose.InsteadRun:
		return words.Sprintf("the socket belongs in a directory of the service in /run (RuntimeDirectory= of its "+
			"unit, or tmpfiles.d): a rule would be for all sockets labelled %s", target)
	case diagnose.InsteadLocal:
		return words.Sprintf("install the program on a disk of the system (/usr/local/bin); a rule would let %s start "+
			"all files labelled %s", source, target)
	case diagnose.InsteadRole:
		return words.Sprintf("a role for administrators (sudo -r sysadm_r); a rule for %s would be for all its users",
			source)
	case diagnose.InsteadSudo:
		return words.Sprintf("none is offered: have a unit or timer of systemd do what needs root and leave the "+
			"result in a file, or give the command a domain of its own; where the policy has a boolean NAME_run_sudo "+
			"for %s, that is it", source)
	case diagnose.InsteadHome:
		return "restorecon -R -v on the directory in the home; only where that changes nothing, a boolean or a rule " +
			"is to be looked for"
	case diagnose.InsteadKernel:
		if target == "cgroup_t" {
			return "podman run --systemd=always for a container that runs systemd; the boolean " +
				"container_manage_cgroup, where the policy has it, is for all containers; neither :Z nor a rule is " +
				"for that"
		}
		return words.Sprintf("none is offered for %s, which is the type of %s: what only looks around may "+
			"stay refused, settings of the kernel are given with --sysctl, and one container that is to see or change "+
			"its host runs with the type spc_t or with a policy by udica; neither :Z nor a label is for that", source,
			all)
	case diagnose.InsteadPlugin:
		return words.Sprintf("run the plugin with the type container_device_plugin_t (seLinuxOptions: type:), or "+
			"spc_t where the policy does not have it; a rule for %s or a label of volumes would open the kubelet to "+
			"all containers", source)
	case diagnose.InsteadOne:
		return words.Sprintf("none is offered for %s, which is the type of %s: a setting of the program "+
			"that does without, or udica makes a policy for this container", source, all)
	case diagnose.InsteadConstraint:
		return "no allow rule helps: users, roles or levels have to fit (a user's range: semanage login, semanage " +
			"user; a file's level: chcon -l, :z of a volume); senet why of the record (ausearch -m avc --raw) " +
			"says which"
	case diagnose.InsteadDomain:
		return words.Sprintf("none for this one: once the service gets its domain it is not asked again; a rule for "+
			"%s would be for systemd and all that it starts", source)
	case diagnose.InsteadLink:
		return words.Sprintf("none, unless something fails by it; then an update of the policy, and until then a rule "+
			"for links alone: allow %s %s:lnk_file read; nothing is to be relabelled", source, target)
	case diagnose.InsteadTmp:
		return "give it a directory of its own in place of /tmp: -v DIR:/tmp:Z for a container, TMPDIR= for a " +
			"program that runs beside one (a runtime's helper, whose package or container-selinux is to be updated " +
			"first); :z or :Z on /tmp itself, or a rule, would be for the files of all users"
	case diagnose.InsteadForeign:
		return words.Sprintf("the directory first: if it has no label of this policy either (ls -Zd), %s; else have "+
			"what unpacks or copies the file leave the label out: build the image or the archive anew without the "+
			"attribute security.selinux (tar --no-selinux, rsync without -X, cp --no-preserve=context); no rule, by "+
			"which files without a label would be on %s", shell.New("restorecon", "-R", "-v", "DIR"), target)
	case diagnose.InsteadPlace:
		return words.Sprintf("install the program outside of homes, in /opt/NAME or /usr/local, whose bin has the "+
			"label of programs (a virtual environment is made anew there: it does not survive mv); or have it as a "+
			"unit of its user (systemctl --user, with loginctl enable-linger); where it is to stay: %s, %s, and its "+
			"user can then change what systemd starts; no rule for %s", labelEntry(nil, "bin_t", "DIR/bin(/.*)?", ""),
			shell.New("restorecon", "-R", "-v", "DIR/bin"), target)
	case diagnose.InsteadTransition:
		return words.Sprintf("update the policy there: by this one what %s makes in a directory labelled %s has a "+
			"label of its own, which it may create; until then have it use a directory with a label of its own (of a "+
			"service: RuntimeDirectory= or StateDirectory= of its unit)", source, target)
	case diagnose.InsteadModule:
		return moduleText("")
	case diagnose.InsteadScript:
		return words.Sprintf("label the script so that %s starts it in a domain of its own (semanage fcontext), and "+
			"start it itself, not by its interpreter", source)
	case diagnose.InsteadFault:
		return "none is offered: leave it refused where the program works all the same; else update the program and " +
			"the kernel, and report it"
	case diagnose.InsteadStack:
		return stackText("")
	case diagnose.InsteadEngine, diagnose.InsteadMade:
		return engineText(i, target)
	case diagnose.InsteadPolicy, diagnose.InsteadSocket:
		return ownPolicy(i, source, target, "", nil)
	case diagnose.InsteadBoot:
		return "label the whole system (fixfiles onboot) and restart it, once with enforcing=0 on the kernel's " +
			"command " +
			"line (and autorelabel=1, where the distribution knows it), as else it may not come up; of an image of " +
			"one's " +
			"own the files are labelled as it is built (setfiles -r ROOT); a rule or boolean for kernel_t would be " +
			"for " +
			"the kernel and all programs"
	}
	return ""
}

// usedVolume says what to do where a service of the host uses a volume that a container needs, for some permissions; a
// rule is for those that change nothing.
func usedVolume(source, target string, perms []string) string {
	back := words.Sprintf("where no container needs it any more, %s gives its own label back (else it takes it from "+
		"the container, until the next :z)", shell.New("restorecon", "-R", "-v", "DIR"))
	own := words.Sprintf("a copy of what %s needs, in a directory of its own", source)
	if object.Changes(perms) {
		return words.Sprintf("%s: a rule would let it change the volumes of all containers; %s", own, back)
	}
	return words.Sprintf("as long as the container needs it, a rule to read only, which opens the volumes of all "+
		"containers to %s: allow %s %s:dir { getattr open read search } and %s:file { getattr open read } (senet why "+
		"--allow writes what was refused); or %s; %s", source, source, target, target, own, back)
}

// ofHost says what is to be done where a container uses files of the host, which have the label typ.
func ofHost(typ string) string {
	const udica = "udica makes a policy for one container, and --security-opt label=type:NAME selects it"
	not := ""
	switch typ {
	case "home_root_t":
		not = ", not /home"
	case "user_home_t", "user_home_dir_t", "admin_home_t":
		not = ", not a home"
	case "usr_t", "var_t", "var_lib_t", "tmp_t", "user_tmp_t", "mnt_t", "srv_t":
		not = ", not one of the system (/usr, /tmp)"
	}
	if not != "" {
		return "mount the volume with :Z (-v DIR:DIR:Z, for this container alone; :z where containers share it), " +
			"which labels it container_file_t, if DIR is a directory for containers alone" + not + ": confined " +
			"services of the host would lose access to it; where nothing labels it, semanage fcontext -a -t " +
			"container_file_t 'DIR(/.*)?' and restorecon -R -v DIR; for files that the host uses as well " + udica
	}
	return words.Sprintf("none is offered: %s is a label of the host, and confined services of the host would lose "+
		"access to a file labelled for a container; a volume needs a directory of its own, labelled "+
		"container_file_t (:Z, or semanage fcontext -a -t container_file_t 'DIR(/.*)?' where nothing labels it, as "+
		"a hostPath); for more %s", typ, udica)
}

// volumeText says what is to be done where a container uses a volume with a label of the host that :Z may replace.
func volumeText(target string, f *object.Fix) string {
	if strings.HasPrefix(target, "user_home") {
		return ofHost(target)
	}
	return words.Sprintf("mount the volume with :Z (-v DIR:DIR:Z, for this container alone; :z where containers share "+
		"it), which labels it %s, if DIR is for containers alone: services of the host that use it as %s lose it; "+
		"where nothing labels it, %s and %s", f.Type, target,
		shell.New("semanage", "fcontext", "-a").Option("-t", f.Type).Arg("DIR(/.*)?"),
		shell.New("restorecon", "-R", "-v", "DIR"))
}

// ofTmp says what is to be done where a service uses files in /tmp that have the label typ. A file that is only read
// and whose path is not known may be one that was moved from there.
func ofTmp(typ, path, class string, perms []string) string {
	text := ""
	moved := !slices.ContainsFunc(perms, func(perm string) bool {
		return !slices.Contains([]string{"read", "open", "getattr", "map", "execute", "execute_no_trans", "lock",
			"ioctl"}, perm)
	})
	if class == "file" && path == "" && moved {
		text = "its own label again (restorecon -v FILE) if it is not in /tmp, as what is moved (mv) from there " +
			"keeps its label; else "
	}
	return text + words.Sprintf("none is offered: %s is the label of files in /tmp of programs without a type of "+
		"their own for them, and a rule would open all of those; have the program use a directory of its service "+
		"(TMPDIR=, or a setting of its own)", typ)
}
