package setools

import (
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// statement is a line that is printed where one policy alone has it, and the value that may differ.
type statement struct{ line, value string }

// keyed compares statements by their keys. modified makes the line of one that both policies have with other values;
// SETools orders them by the statements of the first policy.
func keyed(before, after map[string]statement, modified func(key string, was, is statement) string) delta {
	var x delta
	modifiedBy := make(map[string]string)
	for key, s := range after {
		was, both := before[key]
		switch {
		case !both:
			x.added = append(x.added, s.line)
		case was.value != s.value:
			modifiedBy[was.line] = modified(key, was, s)
		}
	}
	for key, s := range before {
		if _, both := after[key]; !both {
			x.removed = append(x.removed, s.line)
		}
	}
	x.sort(modifiedBy)
	return x
}

// changed is the end of a modified statement.
func changed(key, end string, was, is statement) string {
	return key + " +[" + is.value + "] -[" + was.value + "]" + end
}

// lines are the items of a component as seinfo prints them.
func (d *differ) lines(side int, c Component) []string {
	in := &inspector{args: &SeinfoArgs{Expand: true}, p: d.p[side], stderr: discard{}}
	b, err := in.component(c, "")
	if err != nil {
		return nil
	}
	var l listing
	b.text(&l)
	out := make([]string, len(l.items))
	for i, item := range l.items {
		out[i] = string(l.buf[item.start:item.end])
	}
	return out
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// statements compares the statements of a component whose first fields, between single blanks, are what they are
// about; all of them if fields is 0.
func (d *differ) statements(c Component, fields int, end string) delta {
	var sides [2]map[string]statement
	for i := range sides {
		sides[i] = make(map[string]statement)
		for _, line := range d.lines(i, c) {
			key, value := line, ""
			if fields > 0 {
				parts := strings.SplitN(line, " ", fields+1)
				value = strings.TrimSuffix(parts[len(parts)-1], ";")
				key = strings.Join(parts[:len(parts)-1], " ")
			}
			if _, twice := sides[i][key]; !twice {
				sides[i][key] = statement{line, value}
			}
		}
	}
	return keyed(sides[0], sides[1], func(key string, was, is statement) string { return changed(key, end, was, is) })
}

func (d *differ) initialSIDs() delta {
	x := d.statements(ComponentInitialSIDs, 2, ";")
	for i, line := range x.modified {
		x.modified[i] = strings.TrimPrefix(line, "sid ")
	}
	return x
}

func (d *differ) netifcons() delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		for _, n := range query.Netifs(p, query.NetifQuery{}) {
			value := string(appendInfoContext(nil, p, &n.If)) + "\n" + string(appendInfoContext(nil, p, &n.Packet))
			if _, twice := sides[i][n.Name]; !twice {
				sides[i][n.Name] = statement{"netifcon " + n.Name + " " + strings.ReplaceAll(value, "\n", " "), value}
			}
		}
	}
	return keyed(sides[0], sides[1], func(key string, was, is statement) string {
		old, oldPacket, _ := strings.Cut(was.value, "\n")
		new, newPacket, _ := strings.Cut(is.value, "\n")
		var what []string
		text := ""
		block := func(title, head, was, is string) {
			if was != is {
				what = append(what, "Modified "+title)
				text += "\n          " + head + ":\n             + " + is + "\n             - " + was
			}
		}
		block("Context", "Context", old, new)
		block("Packet Context", "Packet Context", oldPacket, newPacket)
		return key + " (" + strings.Join(what, ", ") + ")" + text
	})
}

func (d *differ) properties() delta {
	var x delta
	property := func(name string, of func(*policy.Policy) string) {
		if was, is := of(d.p[0]), of(d.p[1]); was != is {
			x.modified = append(x.modified, name+" +"+is+" -"+was)
		}
	}
	property("MLS", func(p *policy.Policy) string { return python(p.MLS()) })
	property("handle_unknown", func(p *policy.Policy) string { return p.DB().HandleUnknown().String() })
	property("version", func(p *policy.Policy) string { return itoa(uint64(p.DB().Version)) })
	return x
}

func python(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func (d *differ) defaults() delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		for x := range query.Defaults(p, query.DefaultQuery{}) {
			key := x.Kind.String() + " " + p.ClassName(x.Class)
			line := key + " " + x.From
			if x.Levels != "" {
				line += " " + x.Levels
			}
			sides[i][key] = statement{line + ";", x.From + " " + x.Levels}
		}
	}
	return keyed(sides[0], sides[1], func(key string, was, is statement) string {
		old, oldLevels, _ := strings.Cut(was.value, " ")
		from, levels, _ := strings.Cut(is.value, " ")
		line := key + " " + old
		if from != old {
			line = key + " +" + from + " -" + old
		}
		switch {
		case levels != oldLevels && oldLevels != "":
			line += " +" + levels + " -" + oldLevels
		case levels != "":
			line += " " + levels
		}
		return line + ";"
	})
}

func (d *differ) typebounds() delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		for b := range query.Bounds(p, query.BoundQuery{}) {
			parent, child := p.TypeName(b.Parent), p.TypeName(b.Child)
			sides[i][child] = statement{"typebounds " + parent + " " + child + ";", parent}
		}
	}
	return keyed(sides[0], sides[1], func(child string, was, is statement) string {
		return "typebounds +" + is.value + " -" + was.value + " " + child + ";"
	})
}

func (d *differ) constraintDelta(kind query.ConstraintKind) delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		for c := range query.Constraints(p, query.ConstraintQuery{Kinds: kind}) {
			line := string(appendConstraint(nil, p, &c))
			sides[i][line] = statement{line: line}
		}
	}
	return keyed(sides[0], sides[1], nil)
}

func (d *differ) roleAllows() delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		found, _ := query.RBACRules(p, query.RBACRuleQuery{Kinds: query.RoleAllow})
		for r := range found {
			line := string(appendRBACRule(nil, p, r))
			sides[i][line] = statement{line: line}
		}
	}
	return keyed(sides[0], sides[1], nil)
}

func (d *differ) roleTransitions() delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		found, _ := query.RBACRules(p, query.RBACRuleQuery{Kinds: query.RoleTransition})
		for r := range found {
			for target := range p.Members(r.TargetType).All() {
				key := "role_transition " + p.RoleName(r.Source) + " " + p.TypeName(target) + ":" + p.ClassName(r.Class)
				sides[i][key] = statement{key + " " + p.RoleName(r.Default) + ";", p.RoleName(r.Default)}
			}
		}
	}
	return keyed(sides[0], sides[1], func(key string, was, is statement) string {
		return key + " +" + is.value + " -" + was.value
	})
}

func (d *differ) rangeTransitions() delta {
	var sides [2]map[string]statement
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		found, _ := query.MLSRules(p, query.MLSRuleQuery{})
		for r := range found {
			value := string(appendInfoRange(nil, p, &r.Range))
			for source := range p.Members(r.Source).All() {
				for target := range p.Members(r.Target).All() {
					key := "range_transition " + p.TypeName(source) + " " + p.TypeName(target)
					key += ":" + p.ClassName(r.Class)
					sides[i][key] = statement{key + " " + value + ";", value}
				}
			}
		}
	}
	return keyed(sides[0], sides[1], func(key string, was, is statement) string { return changed(key, "", was, is) })
}

func (d *differ) levels() delta {
	var sides [2]map[string]statement
	cats := [2]map[string][]string{{}, {}}
	for i, p := range d.p {
		sides[i] = make(map[string]statement)
		for id := range p.Sensitivities() {
			level := policydb.Level{Sens: uint32(id), Cats: p.SensitivityInfo(id).Level.Cats}
			text := string(appendInfoLevel(nil, p, &level))
			name := p.SensitivityName(id)
			sides[i][name] = statement{text, text}
			for bit := range level.Cats.All() {
				cats[i][name] = append(cats[i][name], p.CategoryName(policy.CatID(bit+1)))
			}
		}
	}
	x := keyed(sides[0], sides[1], func(name string, _, _ statement) string {
		s := newSetDelta(cats[0][name], cats[1][name])
		slices.SortStableFunc(s.removed, func(a, b string) int { return d.compareCategories(0, a, b) })
		slices.SortStableFunc(s.added, func(a, b string) int { return d.compareCategories(1, a, b) })
		return name + " (" + strings.Join(s.counts("Categories"), ", ") + ")" + s.lines()
	})
	d.byDominance(&x)
	return x
}

// memberLines is what follows the name of a symbol whose members differ: the counts, and a line for each.
func memberLines(before, after []string, what, head string) string {
	s := newSetDelta(before, after)
	text := " (" + strings.Join(s.counts(what), ", ") + ")"
	if head != "" {
		text += "\n          " + head
	}
	return text + s.lines()
}

// setDelta is what sets of names have more and less.
type setDelta struct{ added, removed []string }

func newSetDelta(before, after []string) setDelta {
	var s setDelta
	for _, name := range slices.Sorted(slices.Values(after)) {
		if !slices.Contains(before, name) {
			s.added = append(s.added, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(before)) {
		if !slices.Contains(after, name) {
			s.removed = append(s.removed, name)
		}
	}
	return s
}

func (s *setDelta) empty() bool { return len(s.added)+len(s.removed) == 0 }

func (s *setDelta) counts(what string) (out []string) {
	if n := len(s.added); n > 0 {
		out = append(out, itoa(uint64(n))+" Added "+what)
	}
	if n := len(s.removed); n > 0 {
		out = append(out, itoa(uint64(n))+" Removed "+what)
	}
	return out
}

func (s *setDelta) lines() string {
	var b strings.Builder
	for _, name := range s.added {
		b.WriteString("\n          + " + name)
	}
	for _, name := range s.removed {
		b.WriteString("\n          - " + name)
	}
	return b.String()
}

// symbolDelta compares symbols by name; modified returns "" where both policies have the same.
func symbolDelta[T any](before, after map[string]T, modified func(name string, was, is T) string) delta {
	var x delta
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if was, both := before[name]; !both {
			x.added = append(x.added, name)
		} else if text := modified(name, was, after[name]); text != "" {
			x.modified = append(x.modified, name+text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, both := after[name]; !both {
			x.removed = append(x.removed, name)
		}
	}
	return x
}
