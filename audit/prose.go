package audit

import (
	"bytes"
	"slices"
	"strings"
)

// Prose is what people write in a report beside the records: in lines that nothing else reads.
type Prose struct {
	// FileSystem is the one file system whose files have no labels of their own that they name, as NFS, and
	// FileSystemType the type that policies give its files; "" for none, and where they name several.
	FileSystem, FileSystemType string
	// Pods says that they are about Kubernetes or what is made of it, Compose that they are about Docker's compose
	// files.
	Pods, Compose bool
	// Volumes says that they are about a directory of the host that a container uses, by :z, a volume or a bind mount.
	Volumes bool
	// Containers says that they name containers or an engine of them.
	Containers bool
	// Podman says that they name podman, and Inside that something happens in a container.
	Podman, Inside bool
	// Mounts are the directories of the host that containers get, by the command lines and files in the text; at most
	// 32.
	Mounts []Mount
	// HostPaths are directories of the host that sentences name as the hostPath of a pod, without the place in the
	// container.
	HostPaths []string
	// Callers are what the lines name as what starts programs, each once.
	Callers []Caller
	// Android is the newest version of Android that they name, by its number, its name or that of CyanogenMod and
	// LineageOS; 0 for none.
	Android int
	// Hardened is the first distribution that they name which is made to be stricter than the one below it, and has a
	// module of its own for SELinux; "" for none.
	Hardened string
	// Flood says that somebody complains of the number of records, not of what is refused.
	Flood bool
	// Tool is the first named tool that starts containers and has no option to label their volumes; "" for none.
	Tool string
	// Label is the first label of a file that a sentence names, which is no line of a listing; "" for none.
	Label string
	// LabelOff says that they have the option of an engine that starts one container without a label.
	LabelOff bool
	// SELinux says that they name SELinux, Fails that one has a word for an error or a failure.
	SELinux, Fails bool
	// Failures are lines which say that something does not work, or is not found; at most 32.
	Failures []string
	// Chcon are the labels that its commands set by hand, in the order of the text; at most 8.
	Chcon []Chcon
	// Paths are the absolute paths of files that they name, each once; at most 64.
	Paths []string
	// Connects says that they name network connections, Words are the words of the lines in lower case that do, or that
	// name SELinux; at most 128.
	Connects bool
	Words    []string
	// LogsOf are the programs whose output stands below a line that says so; at most 16.
	LogsOf []LogOf
	// Unrelated are the words before the one that calls something unrelated, as in: the x_app denials seem unrelated
	// to this; at most 8.
	Unrelated []string

	fileSystems bool // they name several
}

// The bounds of what is looked at: people write few and short lines, logs many.
const (
	maxProse     = 2000 // lines
	longestProse = 600  // bytes
	maxFailures  = 32
	maxUnrelated = 8
	maxChcon     = 8
	maxPaths     = 64
)

// Prose returns what the lines up to now tell that nothing else reads.
func (r *Reader) Prose() Prose {
	p := r.prose
	p.Failures, p.Unrelated, p.Chcon = slices.Clone(p.Failures), slices.Clone(p.Unrelated), slices.Clone(p.Chcon)
	p.Words = slices.Clone(p.Words)
	p.LogsOf = slices.Clone(p.LogsOf)
	p.Paths, p.Callers = slices.Clone(p.Paths), slices.Clone(p.Callers)
	p.Mounts, p.HostPaths = r.mounts.Mounts(), r.mounts.HostPaths()
	return p
}

// read looks at a line that nothing else reads.
func (p *Prose) read(line []byte) {
	if len(line) > longestProse {
		return
	}
	text := strings.ToLower(string(bytes.TrimSpace(line)))
	p.paths(string(line))
	if typ, name := fileSystem(text); typ != "" && !p.fileSystems {
		if p.fileSystems = p.FileSystem != "" && p.FileSystem != name; p.fileSystems {
			typ, name = "", ""
		}
		p.FileSystemType, p.FileSystem = typ, name
	}
	p.callers(text)
	p.Pods = p.Pods || hasWord(text, "kubernetes", "openshift", "pod", "pods", "helm", "k3s", "rke2", "microk8s", "k8s",
		"kubelet", "kubectl", "hostpath", "cilium", "calico", "multus", "longhorn", "install-cni",
		"daemonset", "statefulset", "selinuxoptions")
	if p.Hardened == "" {
		p.Hardened = hardened(text)
	}
	p.Compose = p.Compose || hasWord(text, "docker-compose", "docker compose", "compose.yml", "compose.yaml")
	p.Podman = p.Podman || hasWord(text, "podman", "quadlet", "podman-compose")
	p.Containers = p.Containers || hasWord(text, "container", "containers", "containerd", "docker", "dockerd", "podman",
		"crio", "cri-o", "nerdctl", "buildah")
	p.Inside = p.Inside || hasWord(text, "in the container", "inside the container", "inside a container",
		"from the container", "within the container", "within the pod", "inside the pod", "in the pod",
		"pod logs", "kubectl logs", "container logs", "container log", "podman logs", "docker logs",
		"compose logs") || strings.HasPrefix(text, "i have no name!@") || // bash, for an id without a name
		hasWord(text, "from within", "from inside") && hasWord(text, "pod", "container")
	p.Android = max(p.Android, androidVersion(text))
	p.Volumes = p.Volumes || hasWord(text, "bind-mount", "bind-mounts", "bind-mounted", "bind mount", "bind mounts",
		"bind mounted", "bind-mounting") || (strings.Contains(text, ":z") || hasWord(text, "volume", "volumes",
		"mounts", "mounted", "mount")) && hasWord(text, "container", "containers", "podman", "docker", "flag",
		"bind", "compose")
	p.LabelOff = p.LabelOff || strings.Contains(text, "securitylabeldisable=true") ||
		strings.Contains(text, "label=disable") || strings.Contains(text, "label:disable")
	p.SELinux = p.SELinux || hasWord(text, "selinux", "se-linux")
	p.Fails = p.Fails || hasWord(text, "error", "errors", "fatal", "fail", "fails", "failed", "failing", "failure",
		"can't", "cannot", "unable", "doesn't work", "does not work", "not working", "denied", "refused", "crashes")
	p.Flood = p.Flood || floods(text)
	p.connects(text)
	for _, word := range [...]string{"unrelated", "not related", "nothing to do with"} {
		before, _, ok := strings.Cut(text, word)
		if ok && before != "" && len(p.Unrelated) < maxUnrelated && !hasWord(before, "not", "never", "maybe", "if") {
			p.Unrelated = append(p.Unrelated, before)
		}
	}
	if len(p.Chcon) < maxChcon && hasWord(text, "chcon") {
		p.Chcon = append(p.Chcon, chconLine(string(line))...)
		p.Chcon = p.Chcon[:min(len(p.Chcon), maxChcon)]
	}
	for _, tool := range [...]string{"thv", "toolhive", "testcontainers", "devcontainer", "devcontainers", "hostpath"} {
		if p.Tool == "" && hasWord(text, tool) {
			p.Tool = tool
		}
	}
	if len(p.Failures) < maxFailures && hasWord(text, "not found", "cannot be found", "could not be found",
		"can't be found", "doesn't work", "does not work", "not working", "permission denied", "fails", "failed",
		"no such file", "cannot execute", "can't execute", "cannot start", "can't start", "does not start",
		"doesn't start", "won't start", "unable to start", "refuses to start") {
		p.Failures = append(p.Failures, string(line))
	}
}

// floods reports whether a line complains that a log has too many records.
func floods(text string) bool {
	if !hasWord(text, "spam", "spams", "spamming", "spammed", "flood", "floods", "flooding", "flooded", "noise",
		"noisy", "massive volume", "massive amount", "filling up", "fills up", "full of", "thousands of",
		"clutter", "clutters", "cluttering", "overwhelming", "hundreds of") {
		return false
	}
	return hasWord(text, "avc", "avcs", "selinux", "denial", "denials", "audit", "audit.log", "log", "logs", "journal",
		"syslog", "dmesg")
}

// hasWord reports whether a text in lower case has one of the words: no letter and no digit is beside it.
func hasWord(text string, words ...string) bool {
	for _, word := range words {
		for from := 0; ; {
			i := strings.Index(text[from:], word)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(word)
			if (start == 0 || !inWord(text[start-1])) && (end == len(text) || !inWord(text[end])) {
				return true
			}
			from = end
		}
	}
	return false
}

func inWord(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// proseLabel returns the label of a file that a sentence names in quotes: `ls -Z` still shows
// `unconfined_u:object_r:admin_home_t:s0`.
func proseLabel(line string) string {
	if strings.ContainsAny(firstWord(line), "/<:=") {
		return "" // an entry of file_contexts, or a record
	}
	for _, quote := range [...]string{"`", "'", `"`} {
		parts := strings.Split(line, quote)
		for i := 1; i < len(parts); i += 2 {
			if strings.Contains(parts[i], ":object_r:") && !strings.ContainsAny(parts[i], " =(,") {
				return parts[i]
			}
		}
	}
	return ""
}

// firstWord returns the first word of a line.
func firstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word
}
