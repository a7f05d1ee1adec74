package say

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// inContainer names a program with its container, as far as the log does.
func inContainer(program string, c *audit.Container) string {
	if c == nil || c.Name == "" {
		return program + " in a container"
	}
	return program + " in the container " + c.Name
}

// insideFix says what to do first about a file of a program in a container; name is its path, "" if it is not known.
func (l *Log) insideFix(in *diagnose.Inside, name string) string {
	switch in.Kind {
	case diagnose.InsideVolume:
		if m := in.Mount; in.Binds && m.Form == audit.MountPod && ofItsOwn(m.Host) {
			return unsure + "a label for containers: " + podLabel(m)
		}
		return l.mountFix([]audit.Mount{*in.Mount})
	case diagnose.InsideEngine:
		lead := "where the storage of the engine was moved, "
		if in.Storage != "" {
			lead = words.Sprintf("the storage of the engine is %s: ", in.Storage)
		}
		return lead + "give it the labels of the usual place: " + storageLabels(in) + "; then start the container " +
			"again; neither :Z nor a rule is for that"
	case diagnose.InsideHost:
		if strings.HasPrefix(in.Host, "/proc/") {
			return "a container that is to see the processes of its host, as an exporter, runs with the type spc_t " +
				"(seLinuxOptions: type: spc_t, --security-opt label=type:spc_t), which SELinux hardly limits; no " +
				"label is set on files of /proc, and a rule would be for all containers"
		}
		return words.Sprintf("if the record has other categories for the file than for the process: give all "+
			"containers that use it one level (seLinuxOptions: level: s0, or --security-opt label=level:s0) and the "+
			"file the same, once: %s; else a directory of the host is to have the label of volumes "+
			"(container_file_t), and one that services of the host use needs a container with a "+
			"policy by udica; no rule",
			shell.New("chcon", "-l", "s0").Arg(in.Host))
	}
	if in.Tool != "" {
		return words.Sprintf("a volume where the tool (%s) has no option for :z: give the directory on the host, one "+
			"of its own, the label of volumes once: %s; %s; never a home or a directory of the system", in.Tool,
			shell.New("semanage", "fcontext", "-a").Option("-t", "container_file_t").Arg("DIR(/.*)?"),
			shell.New("restorecon", "-R").Arg("DIR"))
	}
	if text := l.mountFix(l.Report.Log.Prose.Mounts); text != "" && name == "" {
		return text + "; a file of the image, where the storage of the engine was moved: " + storageLabels(in)
	}
	if l.Report.Log.Prose.Pods && in.Engine == "" {
		return words.Sprintf("a volume of the pod: a hostPath gets the label of volumes by hand, where it is for "+
			"containers alone (%s; %s), never a home or a directory of the system; a file of the image: see that the "+
			"storage of the engine has its labels (%s), and that container-selinux is installed",
			shell.New("semanage", "fcontext", "-a").Option("-t", "container_file_t").Arg("DIR(/.*)?"),
			shell.New("restorecon", "-R").Arg("DIR"), shell.New("restorecon", "-R", "-n", "-v").Arg("STORAGE"))
	}
	return "a volume: mount it with :Z (for this container alone) or :z (for all), never a home or a directory of " +
		"the system; a file of the image, where the storage of the engine was moved: " + storageLabels(in)
}

// ofItsOwn reports whether a directory in which a pod makes a socket is one that was made for that: none that the
// system has, as /run and /etc/ssl are.
func ofItsOwn(dir string) bool {
	const deep = 3 // /run/NAME/PART
	return !ofSystem(dir) || strings.HasPrefix(dir, "/") && strings.Count(path.Clean(dir), "/") >= deep &&
		!slices.ContainsFunc([]string{"/boot/", "/dev/", "/proc/", "/sys/", "/usr/", "/lib", "/sbin/", "/bin/"},
			func(root string) bool { return strings.HasPrefix(dir, root) })
}

// storageLabels are the commands that give another storage of an engine the labels of the usual one.
func storageLabels(in *diagnose.Inside) string {
	dir := in.Storage
	if dir == "" {
		dir = "STORAGE"
	}
	usual := [...]struct{ name, dir, key string }{
		{"docker", "/var/lib/docker", "-g or data-root"}, {"podman", "/var/lib/containers", "graphroot"},
	}
	var list []string
	for _, u := range usual {
		if in.Engine != u.name && isUsual(in.Engine) {
			continue
		}
		text := words.Sprintf("%s; %s", shell.New("semanage", "fcontext", "-a").Option("-e", u.dir).Arg(dir),
			shell.New("restorecon", "-R", "-F").Arg(dir))
		if in.Storage == "" {
			text = words.Sprintf("for %s (%s) %s", u.name, u.key, text)
		}
		list = append(list, text)
	}
	return strings.Join(list, ", or ")
}

// isUsual reports whether an engine is one whose usual storage is known.
func isUsual(engine string) bool { return engine == "docker" || engine == "podman" }

// hostRecord says where the record of a refusal in a container is.
func hostRecord(b *words.Page) {
	b.Line("note", "if SELinux refused it, the record is in the audit log of the host, with the domain, the label and "+
		"the categories of both")
}
