package diagnose

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
)

// byHand finds that the text gives the file a label with chcon by which the policy allows the access: only where
// nothing else is known to be right.
func (g *Diagnoser) byHand(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Verdict != StillDenied || d.Instead != "" || d.Leftover != "" || d.File == nil || d.File.Wanted != "" ||
		d.Starting != "" || d.Needless || d.Harmless || isContainer(audit.ContextType(a.SContext)) {
		return
	}
	c := g.chcon(cmp.Or(fullPath(a, e), a.Name))
	if c == nil || withoutLabel(c.Type) {
		return
	}
	typ, _ := g.p.Type(c.Type)
	target := d.Target
	target.Type = uint32(typ)
	if typ == 0 || g.p.IsAttribute(typ) || slices.ContainsFunc(d.Checks, func(pc access.PermCheck) bool {
		check := g.d.Check(d.Source, target, d.Class, pc.Name)
		return !check.Allowed()
	}) {
		return
	}
	d.ByHand = c
}

// chcon returns the command of the text that sets the label of a file, nil for none.
func (g *Diagnoser) chcon(name string) *audit.Chcon {
	for i := range g.prose.Chcon {
		c := &g.prose.Chcon[i]
		if _, known := g.p.Type(c.Type); known && name != "" && c.Covers(name) {
			return c
		}
	}
	return nil
}
