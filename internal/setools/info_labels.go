package setools

import (
	"slices"
	"strconv"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

// labelled appends an item that ends in a context.
func (in *inspector) labelled(l *listing, c *policydb.Context, pieces ...string) {
	for _, s := range pieces {
		l.buf = append(l.buf, s...)
	}
	l.buf = appendInfoContext(l.buf, in.p, c)
	l.end()
}

func (in *inspector) fsUses(value string) (block, error) {
	found := query.FSUses(in.p, query.FSUseQuery{FS: query.Match{Text: value}})
	return block{
		title: "Fs_use",
		text: func(l *listing) {
			for r := range found {
				l.buf = append(append(append(append(l.buf, query.FSUseName(r.Behavior)...), ' '), r.Name...), ' ')
				l.buf = appendInfoContext(l.buf, in.p, &r.Context)
				l.line(";")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.FSUses = []InfoFSUse{}
			for r := range found {
				d.FSUses = append(d.FSUses, InfoFSUse{
					Kind: query.FSUseName(r.Behavior), FS: r.Name, Context: in.p.FormatContext(r.Context)})
			}
			sortJSON(d.FSUses, func(r *InfoFSUse) string { return r.Kind + " " + r.FS })
		},
		value: value,
		names: namesOf(query.FSUses(in.p, query.FSUseQuery{}), func(r *policydb.FSUse) string { return r.Name }),
	}, nil
}

func (in *inspector) genfscons(value string) (block, error) {
	found := query.GenFSCons(in.p, query.GenFSQuery{FS: query.Match{Text: value}})
	return block{
		title: "Genfscon",
		text: func(l *listing) {
			for g := range found {
				in.labelled(l, &g.Context, "genfscon ", g.FS, " ", g.Path, " ", g.FileType.String(), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.Genfscons = []InfoGenfscon{}
			for g := range found {
				d.Genfscons = append(d.Genfscons, InfoGenfscon{
					FS: g.FS, Path: g.Path, Class: in.p.ClassName(g.Class), Context: in.p.FormatContext(g.Context)})
			}
			sortJSON(d.Genfscons, func(g *InfoGenfscon) string { return g.FS + " " + g.Path + " " + g.Class })
		},
		value: value,
		names: namesOf(query.GenFSCons(in.p, query.GenFSQuery{}), func(g query.GenFSCon) string { return g.FS }),
	}, nil
}

func (in *inspector) initialSIDs(value string) (block, error) {
	name := func(r *policydb.InitialSID) string { return infoSIDName(in.p.DB().Target, r.SID) }
	list := func() []named[*policydb.InitialSID] {
		all := byName(query.InitialSIDs(in.p, query.InitialSIDQuery{}), name)
		return slices.DeleteFunc(all, func(r named[*policydb.InitialSID]) bool {
			return value != "" &&
				value != r.name
		})
	}
	return block{
		title: "Initial SIDs",
		text: func(l *listing) {
			for _, r := range list() {
				if in.args.Expand {
					in.labelled(l, &r.id.Context, "sid ", r.name, " ")
				} else {
					l.line(r.name)
				}
			}
		},
		fill: func(d *InfoDocument) {
			d.InitialSIDs = []InfoInitialSID{}
			for _, r := range list() {
				d.InitialSIDs = append(d.InitialSIDs, InfoInitialSID{
					Name: query.InitialSIDName(in.p.DB().Target,
						r.id.SID), SID: r.id.SID, Context: in.p.FormatContext(r.id.Context)})
			}
		},
		value: value, names: namesOf(query.InitialSIDs(in.p, query.InitialSIDQuery{}), name),
	}, nil
}

// infoSIDName returns SETools' name of an initial SID. For SELinux that is the true name. For Xen, whose first SID
// has the number 1, SETools uses a list that begins with 0 and has some names in another order.
func infoSIDName(target policydb.Target, sid uint32) string {
	xen := [...]string{"xen", "dom0", "domxen", "domio", "unlabeled", "security", "irq", "iomem", "ioport", "device",
		"domU", "domDM"}
	if target == policydb.TargetXen && int64(sid) < int64(len(xen)) {
		return xen[sid]
	}
	return query.InitialSIDName(target, sid)
}
