package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// EngineStorage reports whether a type is the label of the storage of a container engine, which the files of a
// container have where the engine did not mount them with the label of the container.
func EngineStorage(typ string) bool {
	return slices.Contains([]string{"container_var_lib_t", "container_ro_file_t", "container_share_t",
		"docker_var_lib_t", "docker_share_t"}, typ)
}

// ownRoot reports whether a container uses a file of its own root on an overlay: such a file has a label of the
// engine's storage, or one that a storage without labels of its own has.
func (g *Diagnoser) ownRoot(a *audit.AVC) bool {
	if a.Dev != "overlay" {
		return false
	}
	if m, _ := g.prose.MountOf(a.Path); m != nil {
		return false
	}
	target := audit.ContextType(a.TContext)
	return EngineStorage(target) || withoutLabel(target) ||
		slices.Contains([]string{"var_lib_t", "var_t", "data_home_t"}, target)
}

// rootLabel notes that the overlay of a container has the labels of the storage.
func rootLabel(d *Diagnosis, a *audit.AVC) {
	what, target := "the file", audit.ContextType(a.TContext)
	if strings.HasPrefix(a.Path, "/") {
		what = a.Path
	}
	why := fmt.Sprintf("%s is no label of its files: the storage was moved, or lost its labels", target)
	if EngineStorage(target) {
		why = fmt.Sprintf("%s is the label of the engine's storage: the engine mounted it without the label of the "+
			"container (an old engine or kernel, or a container that was made before)", target)
	}
	d.Instead = InsteadImage
	d.note(NoteVolume, fmt.Sprintf("%s is on an overlay, as a container has for its own root file system, and is then "+
		"no file of a volume; %s; a volume is on an overlay only where the root of its host is one (a live system, a "+
		"container in a container)", what, why))
}
