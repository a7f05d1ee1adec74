package compile

// meets reports whether an allow rule and the deny rule have sources and targets
// in common. It mirrors cil_find_matching_avrule.
func (d *denier) meets(r *avRule) bool {
	s1, t1, s2, t2 := r.src, r.tgt, d.deny.src, d.deny.tgt
	if s1 != s2 && !d.typeSet(s1).meets(d.typeSet(s2)) {
		return false
	}
	switch {
	case named(t1) && named(t2):
		return t1 == t2 || d.typeSet(t1).meets(d.typeSet(t2))
	case named(t1):
		return d.meetsSpecial(t2, s2, s1, t1)
	case named(t2):
		return d.meetsSpecial(t1, s1, s2, t2)
	case t1 == t2:
		return true
	case t1 == toSelf || t2 == toSelf:
		return false
	case t1 == toOther:
		return d.several(s1)
	}
	return d.several(s2)
}

// meetsSpecial reports whether a rule of the source s1 about self, notself or
// other meets a rule of s2 on t2. That the sources meet is known. It mirrors
// cil_self_match_any, cil_notself_match_any and cil_other_match_any.
func (d *denier) meetsSpecial(how, s1, s2, t2 datumID) bool {
	srcs, tgts := d.typeSet(s1).and(d.typeSet(s2)), d.typeSet(t2)
	switch how {
	case toSelf:
		return srcs.meets(tgts)
	case toOther:
		tgts = tgts.and(d.typeSet(s1))
	}
	switch n, m := srcs.count(), tgts.count(); {
	case n == 0 || m == 0:
		return false
	case n == 1 && m == 1:
		return !srcs.meets(tgts)
	}
	return true
}

// matchesAny reports whether the deny rule denies some of the permissions. It
// mirrors cil_classperms_list_match_any.
func (d *denier) matchesAny(cp classPerm) bool {
	some := false
	d.expandPerms(cp, func(class datumID, mask uint32) { some = some || d.cover[class]&mask != 0 })
	return some
}

// matchesAll reports whether it denies all of them.
func (d *denier) matchesAll(cp classPerm) bool {
	all := true
	d.expandPerms(cp, func(class datumID, mask uint32) { all = all && mask&^d.cover[class] == 0 })
	return all
}

// permsWith returns what of some permissions is denied, as libsepol writes it.
// It mirrors cil_classperms_list_and.
func (d *denier) permsWith(cp classPerm) []classPerm {
	return d.cut(cp, d.matchesAll, func(class datumID, mask uint32) uint32 { return mask & d.cover[class] })
}

// permsWithout returns what of some permissions is not denied. It mirrors
// cil_classperms_list_andnot.
func (d *denier) permsWithout(cp classPerm) []classPerm {
	none := func(cp classPerm) bool { return !d.matchesAny(cp) }
	return d.cut(cp, none, func(class datumID, mask uint32) uint32 { return mask &^ d.cover[class] })
}

// cut returns what remains of permissions, as a list: what whole accepts stays as
// it is written, of a class remains what part says.
func (d *denier) cut(cp classPerm, whole func(classPerm) bool, part func(datumID, uint32) uint32) []classPerm {
	switch {
	case whole(cp):
		return []classPerm{cp}
	case cp.set != 0:
		var out []classPerm
		for _, p := range d.permSets[d.data[cp.set].ext] {
			out = append(out, d.cut(p, whole, part)...)
		}
		return out
	case d.data[cp.class].kind == isClassMap:
		return d.cutMap(cp, whole, part)
	}
	if mask := part(cp.class, cp.mask); mask != 0 {
		return []classPerm{{class: cp.class, mask: mask}}
	}
	return nil
}

// cutMap cuts permissions of a class map. Those that stay as they are stand
// together, where the first of them is.
func (d *denier) cutMap(cp classPerm, whole func(classPerm) bool, part func(datumID, uint32) uint32) []classPerm {
	var out []classPerm
	var kept []uint32
	at := -1
	info := &d.classes[d.data[cp.class].ext]
	for _, n := range d.mapLists[cp.maps] {
		all := true
		for _, p := range info.maps[n] {
			all = all && whole(p)
		}
		if all {
			if at < 0 {
				at = len(out)
				out = append(out, classPerm{class: cp.class})
			}
			kept = append(kept, n)
			continue
		}
		for _, p := range info.maps[n] {
			out = append(out, d.cut(p, whole, part)...)
		}
	}
	if at >= 0 {
		d.mapLists = append(d.mapLists, kept)
		out[at].maps = uint32(len(d.mapLists) - 1)
	}
	return out
}

// listOf returns a list of permissions as one: a set without a name.
func (d *denier) listOf(list []classPerm) classPerm {
	if len(list) == 1 {
		return list[0]
	}
	id := d.newDatum(isClassPermission, wNone)
	d.newValue(id)
	d.permSets[d.data[id].ext], d.setSeen[d.data[id].ext] = list, true
	return classPerm{set: id}
}
