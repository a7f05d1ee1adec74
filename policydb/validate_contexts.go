package policydb

import "strings"

// contexts checks the contexts of the policy and the objects that they label. It mirrors
// ocontext_read, genfs_read and policydb_load_isids.
func (v *validator) contexts() {
	o := &v.p.OContexts
	each(v, "initial SIDs", o.InitialSIDs, func(c *InitialSID) {
		if c.SID == 0 {
			v.failf("SID 0 has a context")
		}
		v.context(c.Context)
	})
	each(v, "fscon", o.FS, func(c *FSCon) {
		v.context(c.FS)
		v.context(c.File)
	})
	each(v, "portcon", o.Ports, func(c *PortCon) {
		if c.Low == 0 || c.Low > c.High {
			v.failf("ports %d-%d", c.Low, c.High)
		}
		v.context(c.Context)
	})
	each(v, "netifcon", o.Netifs, func(c *NetifCon) {
		v.context(c.If)
		v.context(c.Packet)
	})
	each(v, "nodecon", o.Nodes, func(c *NodeCon) { v.context(c.Context) })
	each(v, "fs_use", o.FSUses, func(c *FSUse) {
		// SECURITY_FS_USE_MNTPOINT and SECURITY_FS_USE_MAX.
		if c.Behavior == 6 || c.Behavior > 7 {
			v.failf("behavior %d", c.Behavior)
		}
		v.context(c.Context)
	})
	each(v, "nodecon (IPv6)", o.Nodes6, func(c *NodeCon6) { v.context(c.Context) })
	each(v, "ibpkeycon", o.IBPKeys, func(c *IBPKeyCon) { v.context(c.Context) })
	each(v, "ibendportcon", o.IBEndPorts, func(c *IBEndPortCon) {
		if c.Port == 0 || c.Port > 255 {
			v.failf("port %d is not in 1..255", c.Port)
		}
		v.context(c.Context)
	})
	v.genFS()
}

func each[T any](v *validator, section string, list []T, check func(*T)) {
	v.enter(section)
	for i := range list {
		v.record = i
		check(&list[i])
	}
}

func (v *validator) genFS() {
	v.enter("genfscon")
	systems := make(map[string]struct{}, len(v.p.GenFS))
	for i := range v.p.GenFS {
		v.record = i
		g := &v.p.GenFS[i]
		name := cName(g.FSType)
		if _, twice := systems[name]; twice {
			v.failf("the file system %.64q is defined twice", name)
		}
		systems[name] = struct{}{}
		// The classes that a path is there for; 0 stands for all.
		classes := make(map[string][]uint32, len(g.Entries))
		for j := range g.Entries {
			entry := &g.Entries[j]
			path := cName(entry.Path)
			for _, class := range classes[path] {
				if class == 0 || entry.Class == 0 || class == entry.Class {
					v.failf("the path %.64q is there twice", path)
				}
			}
			classes[path] = append(classes[path], entry.Class)
			v.context(entry.Context)
		}
	}
}

// boolFiles mirrors sel_make_bools, which fails where the file of the last boolean has no label
// by a genfscon: it returns an error if the kernel cannot do without it.
func (v *validator) boolFiles() {
	bools := v.p.Bools
	if v.err != nil || bools.NPrim == 0 {
		return
	}
	v.enter("genfscon")
	file := ""
	for i := range bools.Items {
		if bools.Items[i].Value == bools.NPrim {
			file = "/booleans/" + cName(bools.Items[i].Name)
		}
	}
	fileClass := uint32(0)
	for _, c := range v.classes {
		if cName(c.Name) == "file" {
			fileClass = c.Value
		}
	}
	for i := range v.p.GenFS {
		if cName(v.p.GenFS[i].FSType) != "selinuxfs" {
			continue
		}
		for j := range v.p.GenFS[i].Entries {
			entry := &v.p.GenFS[i].Entries[j]
			if (entry.Class == 0 || entry.Class == fileClass) && strings.HasPrefix(file, cName(entry.Path)) {
				return
			}
		}
	}
	v.failf("the files of booleans, as %.64q of selinuxfs, have no label", file)
}

// context mirrors policydb_context_isvalid. It also wants a symbol for
// everything that a context names, without which the kernel cannot write it.
func (v *validator) context(c Context) {
	if v.err != nil {
		return
	}
	v.rangeBitmaps(c.Range)
	if v.p.MLS() {
		v.levelSymbols(c.Range)
	}
	role, user := symbol(v.roles, c.Role), symbol(v.users, c.User)
	switch {
	case role == nil:
		v.failf("role %d has no symbol", c.Role)
	case user == nil:
		v.failf("user %d has no symbol", c.User)
	case symbol(v.types, c.Type) == nil:
		v.failf("type %d has no symbol", c.Type)
	case c.Role != objectRoleValue && !role.Types.Has(c.Type-1):
		v.failf("role %d may not have type %d", c.Role, c.Type)
	case c.Role != objectRoleValue && !user.Roles.Has(c.Role-1):
		v.failf("user %d may not have role %d", c.User, c.Role)
	case !v.p.MLS():
	case !v.validRange(c.Range):
		v.failf("the range is not valid")
	case c.Role != objectRoleValue && !(c.Range.Low.dominates(user.Range.Low) &&
		user.Range.High.dominates(c.Range.High)):
		v.failf("the range is outside of the user's")
	}
}

// levelSymbols wants a symbol for each sensitivity and category of a range,
// without which the kernel cannot write it.
func (v *validator) levelSymbols(r Range) {
	for _, l := range []Level{r.Low, r.High} {
		if l.Sens > 0 && l.Sens <= v.p.Sensitivities.NPrim && symbol(v.levels, l.Sens) == nil {
			v.failf("sensitivity %d has no symbol", l.Sens)
		}
		for bit := range l.Cats.All() {
			if bit < v.p.Categories.NPrim && symbol(v.cats, bit+1) == nil {
				v.failf("category %d has no symbol", bit+1)
				return
			}
		}
	}
}

// validRange mirrors mls_range_isvalid.
func (v *validator) validRange(r Range) bool {
	return v.validLevel(r.Low) && v.validLevel(r.High) && r.High.dominates(r.Low)
}

func (v *validator) validLevel(l Level) bool {
	s := symbol(v.levels, l.Sens)
	return s != nil && s.Level.Cats.contains(l.Cats)
}

// symbol returns the symbol with a value, nil if no symbol has it.
func symbol[T any](table []*T, value uint32) *T {
	if value == 0 || value > uint32(len(table)) {
		return nil
	}
	return table[value-1]
}

// dominates mirrors mls_level_dom.
func (l Level) dominates(other Level) bool {
	return l.Sens >= other.Sens && l.Cats.contains(other.Cats)
}

// contains reports whether all bits of other are in b.
func (b Bitmap) contains(other Bitmap) bool {
	i := 0
	for start, word := range other.Words() {
		for i < len(b.nodes) && le32(b.nodes, i) < start {
			i += bitmapNodeSize
		}
		if i == len(b.nodes) || le32(b.nodes, i) != start || word&^le64(b.nodes, i+4) != 0 {
			return false
		}
	}
	return true
}
