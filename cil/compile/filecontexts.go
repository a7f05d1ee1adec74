package compile

// The marks of the kinds of files in a file_contexts, in the order of fileKinds.
var fileMarks = [...]string{"", "\t--", "\t-d", "\t-c", "\t-b", "\t-s", "\t-p", "\t-l"}

// fileContexts writes the labels of files as file_contexts(5) has them. It
// mirrors cil_filecons_to_string.
func (p *post) fileContexts() []byte {
	var out []byte
	for _, l := range p.sorted[wFilecon] {
		out = append(out, l.path...)
		out = append(out, fileMarks[l.a]...)
		if l.ctx == 0 {
			out = append(out, "\t<<none>>\n"...)
			continue
		}
		ctx := &p.contexts[l.ctx]
		out = append(out, '\t')
		out = append(out, p.data[ctx.user].fqn...)
		out = append(out, ':')
		out = append(out, p.data[ctx.role].fqn...)
		out = append(out, ':')
		out = append(out, p.data[ctx.typ].fqn...)
		if p.mls {
			r := &p.ranges[ctx.levels]
			out = append(out, ':')
			out = p.appendLevel(out, r.low)
			if !p.equalLevels(r.low, r.high) {
				out = append(out, '-')
				out = p.appendLevel(out, r.high)
			}
		}
		out = append(out, '\n')
	}
	return out
}

// equalLevels mirrors cil_level_equals.
func (p *post) equalLevels(a, b uint32) bool {
	x, y := &p.levels[a], &p.levels[b]
	if x.sens != y.sens {
		return false
	}
	set := func(n uint32) bitset {
		b := newBitset(uint32(len(p.order[orderCat])))
		if n != 0 {
			for _, cat := range p.cats[n].list {
				b.set(p.data[cat].value)
			}
		}
		return b
	}
	s, t := set(x.cats), set(y.cats)
	return s.contains(t) && t.contains(s)
}

// appendLevel writes a level as libsepol does, with its habit of not beginning
// a new run with the category that ends one. It mirrors __cil_level_to_string.
func (p *post) appendLevel(out []byte, n uint32) []byte {
	l := &p.levels[n]
	out = append(out, p.data[l.sens].fqn...)
	if l.cats == 0 {
		return out
	}
	out = append(out, ':')
	list := p.cats[l.cats].list
	var first, last datumID
	start, stop := -1, -1
	run := func() {
		out = append(out, p.data[first].fqn...)
		switch {
		case start == stop:
		case stop == start+1:
			out = append(append(out, ','), p.data[last].fqn...)
		default:
			out = append(append(out, '.'), p.data[last].fqn...)
		}
	}
	for i, cat := range list {
		value := int(p.data[cat].value)
		switch {
		case start < 0:
			first, start, stop = cat, value, value
		case value == stop+1:
			stop++
			last = cat
		default:
			run()
			out = append(append(out, ','), p.data[cat].fqn...)
			start, stop = -1, -1
			if i+1 < len(list) {
				out = append(out, ',')
			}
		}
	}
	if start >= 0 {
		run()
	}
	return out
}

// seUsersText writes the mapping of logins to users as seusers(5) has it.
func (p *post) seUsersText() []byte {
	var plain, defaults []seUser
	for _, u := range p.seUsers {
		if u.dflt {
			defaults = append(defaults, u)
		} else {
			plain = append([]seUser{u}, plain...)
		}
	}
	var out []byte
	for _, u := range append(plain, defaults...) {
		out = append(out, u.name...)
		out = append(out, ':')
		out = append(out, p.data[u.user].fqn...)
		if p.mls {
			r := &p.ranges[u.levels]
			out = append(out, ':')
			out = p.appendLevel(out, r.low)
			out = append(out, '-')
			out = p.appendLevel(out, r.high)
		}
		out = append(out, '\n')
	}
	return out
}

// userPrefixes mirrors cil_userprefixes_to_string.
func (p *post) userPrefixes() []byte {
	var out []byte
	for _, u := range p.prefixes {
		out = append(out, "user "...)
		out = append(out, p.data[u.user].fqn...)
		out = append(out, " prefix "...)
		out = append(out, u.name...)
		out = append(out, ";\n"...)
	}
	return out
}
