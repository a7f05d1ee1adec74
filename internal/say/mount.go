package say

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// unsure begins the fix of what may have been refused by something else.
const unsure = "if SELinux refused it, "

// mountFix says how mounts of containers get a label that containers may use: all those of the list, which are in the
// text; "" for none.
func (l *Log) mountFix(list []audit.Mount) string {
	prose := &l.Report.Log.Prose
	var steps, system, labelled []string
	var hosts []string
	owners := false
	for i := range list {
		m := &list[i]
		host := words.Sprintf("%s", m.Host)
		switch {
		case ofSystem(m.Host):
			system = appendOnce(system, host)
			continue
		case m.Label() == 'Z' && prose.Shared(m):
			steps = append(steps, words.Sprintf("%s (z, not Z: another container gets it too, and Z gives it to the "+
				"last that started)", mountWords(m, 'z')))
		case m.Label() != 0:
			labelled = appendOnce(labelled, host)
		case m.Form == audit.MountPod:
			steps = append(steps, podLabel(m))
			continue
		case prose.Shared(m):
			steps = append(steps, words.Sprintf("%s (z, not Z: another container gets it too)", mountWords(m, 'z')))
		default:
			steps = append(steps, words.Sprintf("%s (Z is for this container alone, z where others get it too)",
				mountWords(m, 'Z')))
		}
		owners = true
		if strings.IndexByte("~$%", m.Host[0]) < 0 { // which a shell replaces only without quotes
			hosts = appendOnce(hosts, m.Host)
		}
	}
	var text []string
	if len(steps) > 0 {
		text = append(text, unsure+"a label for containers: "+strings.Join(steps, ", "))
	}
	if len(labelled) > 0 {
		text = append(text, words.Sprintf("%s is labelled by the engine (z or Z) as the container starts: if it is "+
			"not "+
			"container_file_t then (ls -Zd), the file system keeps no labels, or SELinux is off in the engine",
			strings.Join(labelled, " and ")))
	}
	if len(system) > 0 {
		label := "z or Z"
		if onlyPods(list) {
			label = "container_file_t"
		}
		text = append(text, words.Sprintf("never %s on %s, which is not for containers alone: a copy in a directory "+
			"of its own, or %s", label, strings.Join(system, " and "), l.withoutLabel(list)))
	}
	if owners && (prose.Podman || list[0].Form == audit.MountQuadlet) {
		if len(hosts) == 0 {
			hosts = []string{"DIR"}
		}
		text = append(text, words.Sprintf("without root look at the owner too: %s has the ids of the container, and U "+
			"beside z or Z makes it the owner", shell.New("podman", "unshare", "ls", "-ldn").With(
			shell.Command{}.Arg(hosts...))))
	}
	return strings.Join(text, "; ")
}

// onlyPods reports whether all mounts are of pods, whose volumes have no z and no Z.
func onlyPods(list []audit.Mount) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(m audit.Mount) bool { return m.Form != audit.MountPod })
}

// podLabel labels a directory that a hostPath mounts.
func podLabel(m *audit.Mount) string {
	return words.Sprintf("for %s, if it is for containers alone: %s; %s (nothing labels what a hostPath mounts)",
		m.Host, shell.New("semanage", "fcontext", "-a").Option("-t", "container_file_t").
			Arg(regexp.QuoteMeta(m.Host)+"(/.*)?"),
		shell.New("restorecon", "-R", "-v").Arg(m.Host))
}

// mountedFix is the fix of a denial about a file in a mount of the text: the one that text says, or what the mount
// takes.
func (l *Log) mountedFix(it *incident.Finding, text string) string {
	if it.Denial == nil || it.Denial.Mount == nil || text == "" || it.Denial.Verdict == diagnose.NowAllowed {
		return text
	}
	m := it.Denial.Mount
	more := l.mountFix([]audit.Mount{*m})
	if m.Label() == 0 && !ofSystem(m.Host) && strings.Contains(text, ":Z") {
		return text + "; here " + strings.TrimPrefix(more, unsure)
	}
	return strings.TrimPrefix(more, unsure)
}

// mountWords writes a mount with a label, as the text has it.
func mountWords(m *audit.Mount, label byte) string {
	if m.Form == audit.MountOption || m.Form == audit.MountLong {
		value := map[byte]string{'z': "shared", 'Z': "private"}[label]
		if m.Form == audit.MountOption {
			return words.Sprintf("relabel=%s in the --mount of %s", value, m.Host)
		}
		return words.Sprintf("bind: selinux: %s in the volume of %s", string(label), m.Host)
	}
	options := slices.DeleteFunc(strings.Split(m.Options, ","), func(o string) bool {
		return o == "" || o == "z" || o == "Z"
	})
	value := words.Sprintf("%s:%s:%s", m.Host, m.Container, strings.Join(append(options, string(label)), ","))
	switch m.Form {
	case audit.MountCompose:
		return value
	case audit.MountQuadlet:
		return "Volume=" + value
	}
	return "-v " + value
}

// ofSystem reports whether a path of the host is one that not only containers use: a new label would take it from the
// system.
func ofSystem(name string) bool {
	if strings.HasSuffix(name, ".sock") {
		return true
	}
	for _, home := range [...]string{"~", "$HOME", "${HOME}", "%h"} {
		if name == home || strings.HasPrefix(name, home+"/.ssh") || strings.HasPrefix(name, home+"/.gnupg") {
			return true
		}
	}
	if !strings.HasPrefix(name, "/") {
		return false
	}
	name = path.Clean(name)
	if path.Dir(name) == "/home" || slices.Contains([]string{"/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib",
		"/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/var",
		"/usr/local", "/var/lib", "/var/log", "/var/tmp", "/var/cache", "/var/spool", "/var/www"}, name) {
		return true
	}
	return slices.ContainsFunc([]string{"/bin/", "/boot/", "/dev/", "/etc/", "/lib/", "/lib64/", "/proc/", "/run/",
		"/sbin/", "/sys/", "/usr/", "/var/run/", "/var/log/", "/var/lib/docker/", "/var/lib/containers/"},
		func(dir string) bool { return strings.HasPrefix(name, dir) }) && !strings.HasPrefix(name, "/usr/local/")
}

func appendOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
