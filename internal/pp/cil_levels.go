package pp

import "fmt"

// user mirrors user_to_cil of libsepol 3.4. A user that is only required has no level, and hll/pp
// crashes on it in a policy with levels; this function then writes nothing.
func (w *writer) user(u *User, declared, optional bool, depth int) {
	if w.release >= Release310 {
		if optional = false; !declared {
			w.line(depth, "(userattributeset cil_gen_require ", u.Name, ")")
			return
		}
	}
	none := !declared && w.m.MLS && u.Level.Sens == 0 && u.Range.Low.Sens == 0
	if none && (!optional || !w.has(Levels, 1)) {
		w.warnf("user %s is required: this is not checked", u.Name)
		return
	}
	if declared {
		w.line(depth, "(user ", u.Name, ")")
		w.line(depth, "(userrole ", u.Name, " object_r)")
	}
	for bit := range u.Roles.Roles.All() {
		w.line(depth, "(userrole ", u.Name, " ", w.names[Roles][bit], ")")
	}
	level := func(l *SemanticLevel) {
		sens := l.Sens
		if optional && w.has(Levels, sens+1) {
			sens++ // libsepol takes the levels of an optional as numbers from 0 on
		}
		if !w.m.MLS {
			w.put("systemlow")
		} else if err := w.semanticLevel(sens, l.Categories); err != nil {
			w.failf("user %s: %w", u.Name, err)
		}
	}
	w.indent(depth)
	w.put("(userlevel ", u.Name, " ")
	level(&u.Level)
	w.put(")\n")
	w.indent(depth)
	w.put("(userrange ", u.Name, " (")
	level(&u.Range.Low)
	w.put(" ")
	level(&u.Range.High)
	w.put("))\n")
}

// semanticLevel writes a level with its categories, in the reverse order of the file.
func (w *writer) semanticLevel(sens uint32, cats []CategoryRange) error {
	if !w.has(Levels, sens) {
		return fmt.Errorf("no sensitivity has the value %d", sens)
	}
	w.put("(", w.names[Levels][sens-1], " ")
	if len(cats) > 0 {
		w.put("(")
	}
	for i := range cats {
		c := cats[i]
		if !w.memory {
			c = cats[len(cats)-1-i]
		}
		if !w.has(Categories, c.Low) || !w.has(Categories, c.High) {
			return fmt.Errorf("no categories have the values %d to %d", c.Low, c.High)
		}
		if c.Low == c.High {
			w.put(w.names[Categories][c.Low-1])
		} else {
			w.put("range ", w.names[Categories][c.Low-1], " ", w.names[Categories][c.High-1])
		}
		if i+1 < len(cats) {
			w.put(" ")
		}
	}
	if len(cats) > 0 {
		w.put(")")
	}
	w.put(")")
	return nil
}

func (w *writer) sensitivity(l *Level, declared bool, depth int) {
	switch {
	case !declared:
	case l.IsAlias == 0:
		w.line(depth, "(sensitivity ", l.Name, ")")
	case !w.has(Levels, l.Level.Sens):
		w.failf("alias %s names no sensitivity", l.Name)
	default:
		w.line(depth, "(sensitivityalias ", l.Name, ")")
		w.line(depth, "(sensitivityaliasactual ", l.Name, " ", w.names[Levels][l.Level.Sens-1], ")")
	}
	if !l.Level.Categories.IsEmpty() {
		w.indent(depth)
		w.put("(sensitivitycategory ", l.Name, " (")
		w.putSet(Categories, l.Level.Categories)
		w.put("))\n")
	}
}

func (w *writer) category(name string, c *Category, declared bool, depth int) {
	switch {
	case !declared:
	case c.IsAlias == 0:
		w.line(depth, "(category ", name, ")")
	default:
		w.line(depth, "(categoryalias ", name, ")")
		w.line(depth, "(categoryaliasactual ", name, " ", w.names[Categories][c.Value-1], ")")
	}
}

// level writes a level of a label.
func (w *writer) level(l *MLSLevel) {
	w.put("(", w.names[Levels][l.Sens-1])
	if !l.Categories.IsEmpty() {
		w.put("(")
		w.putSet(Categories, l.Categories)
		w.put(")")
	}
	w.put(")")
}

func (w *writer) label(l *Label) {
	w.put("(", w.names[Users][l.User-1], " ", w.names[Roles][l.Role-1], " ", w.names[Types][l.Type-1], " (")
	if w.m.MLS {
		w.level(&l.Range.Low)
		w.put(" ")
		w.level(&l.Range.High)
	} else {
		w.put("systemlow systemlow")
	}
	w.put("))")
}
