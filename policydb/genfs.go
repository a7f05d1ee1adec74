package policydb

// A GenFS holds the contexts of the files of one pseudo file system. The entry
// with the longest path that a file's path begins with wins; libsepol writes
// longer paths first.
type GenFS struct {
	FSType  string
	Entries []GenFSEntry
}

// A GenFSEntry is a genfscon statement.
type GenFSEntry struct {
	Path    string
	Class   uint32 // the file class it is for, 0 for all
	Context Context
}

// genFS mirrors genfs_read.
func (d *decoder) genFS() []GenFS {
	d.enter("genfscon")
	list := make([]GenFS, d.count(9))
	for i := range list {
		d.record = i
		g := &list[i]
		g.FSType = d.name(d.u32())
		g.Entries = d.files.take(d.count(8 + contextMinSize))
		for j := range g.Entries {
			entry := &g.Entries[j]
			entry.Path = d.name(d.u32())
			entry.Class = d.u32()
			if entry.Class > d.p.Classes.NPrim {
				d.value("class", entry.Class, d.p.Classes.NPrim)
			}
			entry.Context = d.context()
			if d.err != nil {
				return nil
			}
		}
		if d.err != nil {
			return nil
		}
	}
	return list
}

func (e *encoder) genFS() {
	e.count(len(e.p.GenFS))
	for i := range e.p.GenFS {
		g := &e.p.GenFS[i]
		e.named(g.FSType)
		e.count(len(g.Entries))
		for j := range g.Entries {
			entry := &g.Entries[j]
			e.named(entry.Path)
			e.u32(entry.Class)
			e.context(entry.Context)
		}
	}
}
