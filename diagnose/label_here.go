package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// labelHere finds the label that this policy's file_contexts give a path whose label the policy lacks, if the domain
// may use a file with it as it was refused. The label of a place says nothing: a module has its own entries there.
func (g *Diagnoser) labelHere(d *Diagnosis, a *audit.AVC, table *fcontext.Table, kind byte) {
	m, err := table.Lookup(d.File.Path, kind)
	here := audit.ContextType(m.Context)
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 || here == "default_t" || ofAll(here) ||
		ofPlace(here) || slices.Contains(places(), here) {
		return
	}
	source, known := g.context(a.SContext, false)
	target, ok := g.context(m.Context, false)
	if !known || !ok || slices.ContainsFunc(a.Permissions, func(perm string) bool {
		check := g.d.Check(source.Context, target.Context, a.TClass, perm)
		return !check.Allowed()
	}) {
		return
	}
	d.File.Here, d.File.From = here, fmt.Sprintf("%s:%d", m.File, m.Line)
}
