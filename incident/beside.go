package incident

import (
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// maxBeside bounds the paths of [Finding.Beside].
const maxBeside = 8

// beside gives each finding about a file whose path is not known the paths of other findings: those of the same domain
// and label on the same device. A service keeps its files in few places, so that these tell what the file is for.
func beside(findings []Finding) {
	type key struct {
		node, dev      string
		source, target policy.TypeID
	}
	keyOf := func(f *Finding) (k key, ok bool) {
		if fileOf(f) == nil || f.AVC == nil || f.AVC.Dev == "" || audit.ContextType(f.AVC.SContext) == "" {
			return k, false
		}
		d := f.Denial
		return key{f.Event.Node, f.AVC.Dev, policy.TypeID(d.Source.Type), policy.TypeID(d.Target.Type)}, true
	}
	var paths map[key][]string
	for i := range findings {
		f := &findings[i]
		if k, ok := keyOf(f); ok && f.Denial.File.Path != "" {
			if paths == nil {
				paths = make(map[key][]string)
			}
			if list := paths[k]; len(list) < maxBeside && !slices.Contains(list, f.Denial.File.Path) {
				paths[k] = append(list, f.Denial.File.Path)
			}
		}
	}
	for i := range findings {
		f := &findings[i]
		if k, ok := keyOf(f); ok && f.Denial.File.Path == "" {
			f.Beside = paths[k]
		}
	}
}
