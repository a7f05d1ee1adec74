package diagnose

import (
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// An OnMount is what the policy says of a file on a file system that the text names.
type OnMount struct {
	// Name is that of the file system, as NFS, and Type the label that all its files have.
	Name, Type string
	// Allowed says that the policy lets the domain use such a file so; Switch are the fewest settings of booleans that
	// would, where it does not: none if no boolean does.
	Allowed bool
	Switch  []policy.BoolSetting
}

// onMount asks about a file as one of a file system that the text or the path names, where with the label of
// file_contexts it is refused: what is mounted there has another one.
func (g *Diagnoser) onMount(d *SymptomDiagnosis, f *FileAsked, need *fileNeed) {
	label, name := g.prose.FileSystemType, g.prose.FileSystem
	if strings.Contains(f.Path, "/hgfs/") || strings.Contains(f.Path, "/gvfs/") { // as VMware and GNOME mount shares
		label, name = "fusefs_t", "FUSE"
	}
	typ, ok := g.p.Type(label)
	refused := d.Refused()
	if !ok || f.If != StillDenied || refused == nil || len(need.perms) == 0 {
		return
	}
	target := refused.Target
	target.Type = uint32(typ)
	m := &OnMount{Name: name, Type: g.p.TypeName(typ), Allowed: true}
	check := g.d.Check(d.Subject.Context, target, need.class, need.perms...)
	for i := range check.Perms {
		pc := &check.Perms[i]
		if pc.Allowed {
			continue
		}
		m.Allowed = false
		if m.Switch = fewest(&pc.Reason); m.Switch == nil {
			break
		}
	}
	f.Mounted = m
}

// fewest returns the shortest list of settings that would grant what was refused, nil for none.
func fewest(r *access.Reason) (list []policy.BoolSetting) {
	for _, settings := range r.Switches {
		if list == nil || len(settings) < len(list) {
			list = settings
		}
	}
	return list
}
