package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// A rootPlace is where a path seen through the host is in a container.
type rootPlace struct {
	inside string // the path in the container, or in the volume
	pod    bool   // it is in a directory that the kubelet makes for a pod, not in the container's root
}

// placeInRoot returns where a path of the host is in a container: below merged of an overlay, below rootfs of a
// runtime, in a layer, or among what the kubelet makes for a pod.
func placeInRoot(name string) (rootPlace, bool) {
	if rest, ok := strings.CutPrefix(name, "/var/lib/kubelet/pods/"); ok && strings.Contains(rest, "/volume") {
		return rootPlace{name, true}, true
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		if i+1 < len(parts) && rootAt(parts, i) {
			return rootPlace{"/" + strings.Join(parts[i+1:], "/"), false}, true
		}
	}
	return rootPlace{}, false
}

// rootAt reports whether a part of a path is the root of a container, by the directories above it.
func rootAt(parts []string, i int) bool {
	const layer = 2 // overlay2/ID/merged
	above := func(n int, names ...string) bool { return i >= n && slices.Contains(names, parts[i-n]) }
	switch parts[i] {
	case "merged", "diff":
		return above(layer, "overlay", "overlay2", "overlayfs", "fuse-overlayfs")
	case "fs":
		return above(layer, "snapshots")
	case "rootfs":
		return above(layer, "mnt") || slices.ContainsFunc(parts[:i], func(dir string) bool {
			return strings.HasPrefix(dir, "containerd") || strings.HasPrefix(dir, "crio") || dir == "runc" ||
				strings.HasPrefix(dir, "io.containerd.")
		})
	}
	return false
}

// inRoot notes that the engine of containers works on the root of a container, or on a volume of a pod: the names there
// are those of the container, of which the host's file_contexts knows nothing. It reports false for other denials.
func (g *Diagnoser) inRoot(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	place, ok := placeInRoot(a.Path)
	program := runtime(a, e)
	if !ok || isContainer(source) || program == "" && !ofEngine(source) && !a.Has("mounton") ||
		program == "" && source == "init_t" && isSystemd(a, e) {
		return false
	}
	d.Instead = InsteadRuntime
	who := cmp.Or(program, "what starts the container") + ", as " + source + ","
	where := fmt.Sprintf("%s in the root of a container", place.inside)
	if place.pod {
		where = "a volume that the kubelet made for a pod"
	}
	label := "; the host's file_contexts has no label for what is there, so nothing is to be restored"
	if place.pod {
		label = "; the kubelet and the engine label what is there"
	}
	d.note(NoteRuntime, fmt.Sprintf("%s %s (%s)%s", who, rootAct(a, target), where, label))
	if a.Has("mounton") && !place.pod && a.Dev != "" && a.Dev != "overlay" {
		d.note(NoteVolume, fmt.Sprintf("dev=%s is not that of the root (overlay): something is mounted on %s already, "+
			"and mounton is asked again when its propagation is set (private, rslave) or when more is mounted over it",
			a.Dev, path.Base(a.Path)))
	}
	return true
}

// rootAct says what an engine does with a file in the root of a container, by the permission that it was refused.
func rootAct(a *audit.AVC, target string) string {
	acts := []struct {
		perms []string
		text  string
	}{
		{[]string{"mounton"}, "mounts something there (a volume, or a file of its own as /etc/hosts): mounton is " +
			"checked on the label of the mount point, " + target + ", not on that of what is mounted"},
		{[]string{"relabelfrom", "relabelto"}, "gives what is there the label of the container, as :z and :Z do: " +
			"relabelfrom is checked on the label that it has, relabelto on the one that it gets"},
		{[]string{"unlink", "rmdir", "remove_name", "rename"}, "removes or replaces what is there, as when it makes " +
			"the root ready or clears it away"},
		{[]string{"setattr"}, "sets the owner, mode or times of what is there, as for the user that the container " +
			"runs as"},
		{[]string{"create", "add_name", "link"}, "makes something there, as a rule a mount point: it has the label " +
			"of its directory, " + target + ", unless the engine chose one"},
		{[]string{"write", "append"}, "writes there, as a rule what it fills in for each container (/etc/hosts, " +
			"/etc/resolv.conf) or unpacks of the image"},
		{[]string{"execute", "execute_no_trans", "entrypoint"}, "starts a program of the image that is there"},
	}
	for _, act := range acts {
		if slices.ContainsFunc(act.perms, a.Has) {
			return act.text
		}
	}
	return "looks at what is there"
}
