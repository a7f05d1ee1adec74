package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// permissive makes the domain permissive: all its denials are only logged. It is never
// offered, and its cost in ports is the smallest part of its cost.
func (f *finder) permissive() error {
	db := f.p.DB().Clone()
	sources := f.noTypes()
	fix := Fix{Kind: Permissive}
	for _, l := range f.denied {
		id := policy.TypeID(l.SourceContext.Type)
		if l.Source != network.PartyTask && l.Source != network.PartySocket {
			return nil // packets of others
		}
		if sources.Has(id) {
			continue
		}
		if err := db.SetPermissive(uint32(id), true); err != nil {
			return nil // the format has no permissive types
		}
		sources.Add(id)
		fix.Domains = append(fix.Domains, f.p.TypeName(id))
	}
	slices.Sort(fix.Domains)
	for _, name := range fix.Domains {
		if !plain(name) {
			return nil
		}
		fix.Module = append(fix.Module, cil.Call("typepermissive", cil.Sym(name)))
	}
	fix.ModuleName = "permissive_" + fix.Domains[0] // the name that semanage uses
	return f.edited(fix, db, change{who: f.affected(sources)})
}
