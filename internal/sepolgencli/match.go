package sepolgencli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The kinds of parameters of an interface.
const (
	sourceParam = "source"
	targetParam = "target"
	classParam  = "object"
)

// An interfaceInfo is one interface of the file that sepolgen-ifgen makes, with the accesses that it grants.
type interfaceInfo struct {
	name   string
	params map[string]string // the kinds, by $N
	access []*granted
	writes bool // some access lets information flow from the source
	usable bool
}

// A granted is one access of an interface.
type granted struct {
	source, target, class string
	perms                 []string
}

// interfaces are all interfaces of a file.
type interfaces struct {
	any      []*interfaceInfo // those with a target that is an argument
	byTarget map[string][]*interfaceInfo
	weights  *weights
}

// readInterfaces reads the file about interfaces.
func readInterfaces(r io.Reader, w *weights) (*interfaces, error) {
	x := &interfaces{byTarget: map[string][]*interfaceInfo{}, weights: w}
	byName := map[string]*interfaceInfo{}
	var order []string
	var current *interfaceInfo
	keep := func() {
		if current == nil {
			return
		}
		if byName[current.name] == nil {
			order = append(order, current.name)
		}
		byName[current.name] = current
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "[") {
			keep()
			var err error
			if current, err = parseInterface(line); err != nil {
				return nil, err
			}
			continue
		}
		if current == nil {
			continue
		}
		if err := current.add(strings.Split(line, ",")); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	keep()
	for _, name := range order {
		x.index(byName[name])
	}
	return x, nil
}

// parseInterface reads a line [InterfaceVector NAME $1:source ]. It returns nil for an interface without arguments.
func parseInterface(line string) (*interfaceInfo, error) {
	if len(line) < 2 {
		return nil, fmt.Errorf("Syntax error InterfaceVector statement %s", line) //nolint:staticcheck // sepolgen's
	}
	fields := strings.Fields(line[1 : len(line)-1])
	if len(fields) < 2 || fields[0] != "InterfaceVector" {
		return nil, fmt.Errorf("Syntax error InterfaceVector statement %s", line) //nolint:staticcheck // sepolgen's
	}
	if len(fields) == 2 {
		return nil, nil
	}
	x := &interfaceInfo{name: fields[1], params: map[string]string{}}
	for _, f := range fields[2:] {
		name, kind, ok := strings.Cut(f, ":")
		if !ok || strings.Contains(kind, ":") {
			//nolint:staticcheck // sepolgen's
			return nil, fmt.Errorf("Invalid param in InterfaceVector statement %s", line)
		}
		x.params[name] = kind
	}
	return x, nil
}

// isParam reports whether a name is an argument, $N.
func isParam(name string) bool {
	if len(name) < 2 || name[0] != '$' {
		return false
	}
	_, err := strconv.Atoi(name[1:])
	return err == nil
}

// add adds an access. Accesses of one source, target and class become one.
func (x *interfaceInfo) add(fields []string) error {
	if len(fields) < 4 {
		return errors.New("List must contain at least four elements " + //nolint:staticcheck // sepolgen's
			strings.Join(fields, ","))
	}
	g := &granted{source: fields[0], target: fields[1], class: fields[2]}
	for _, p := range []struct{ name, kind string }{
		{g.source, sourceParam}, {g.target, targetParam}, {g.class, classParam},
	} {
		if isParam(p.name) {
			x.use(p.name, p.kind)
		}
	}
	at := slices.IndexFunc(x.access, func(o *granted) bool {
		return o.source == g.source && o.target == g.target && o.class == g.class
	})
	if at < 0 {
		x.access = append(x.access, g)
	} else {
		g = x.access[at]
	}
	g.perms = append(g.perms, fields[3:]...)
	slices.Sort(g.perms)
	g.perms = slices.Compact(g.perms)
	return nil
}

// use records how an argument is used. A source or target that has another use counts as a source, unless that use
// is a class.
func (x *interfaceInfo) use(name, kind string) {
	old, ok := x.params[name]
	switch {
	case !ok:
		x.params[name] = kind
	case old != kind && kind != classParam && (old == sourceParam || old == targetParam):
		x.params[name] = sourceParam
	}
}

// index adds an interface to the index by its targets.
func (x *interfaces) index(i *interfaceInfo) {
	if i == nil {
		return
	}
	i.usable = i.callable()
	i.writes = slices.ContainsFunc(i.access, func(g *granted) bool { return x.weights.writes(g.class, g.perms) })
	i.ordered()
	var targets []string
	for _, g := range i.access {
		if isParam(g.target) {
			x.any = append(x.any, i)
			return
		}
		if !slices.Contains(targets, g.target) {
			targets = append(targets, g.target)
		}
	}
	for _, t := range targets {
		x.byTarget[t] = append(x.byTarget[t], i)
	}
}

// ordered groups the accesses by source and by target, in the order of the first access of each group.
func (x *interfaceInfo) ordered() {
	first := map[string]int{}
	for i, g := range x.access {
		for _, key := range []string{g.source, g.source + " " + g.target} {
			if _, ok := first[key]; !ok {
				first[key] = i
			}
		}
	}
	slices.SortStableFunc(x.access, func(a, b *granted) int {
		return cmp.Or(cmp.Compare(first[a.source], first[b.source]),
			cmp.Compare(first[a.source+" "+a.target], first[b.source+" "+b.target]))
	})
}

// callable reports whether the interface has one argument, a type or a class.
func (x *interfaceInfo) callable() bool {
	if len(x.params) != 1 {
		return false
	}
	kind, ok := x.params["$1"]
	return ok && (kind == sourceParam || kind == targetParam || kind == classParam)
}

// A match is an interface that grants an access, and how much more it grants.
type match struct {
	info     *interfaceInfo
	distance int
}

// Interfaces above threshold come after the others.
const threshold = 150

// flowPenalty is added if an interface writes although only reading is needed.
const flowPenalty = 100

// matches returns the interfaces for an access, the nearest first.
func (x *interfaces) matches(v *vector) []match {
	var near, far []match
	for _, i := range slices.Concat(x.any, x.byTarget[v.target]) {
		if !i.usable {
			continue
		}
		d := x.distance(i, v)
		switch {
		case d < 0:
		case d <= threshold:
			near = append(near, match{i, d})
		default:
			far = append(far, match{i, d})
		}
	}
	byDistance := func(a, b match) int { return cmp.Compare(a.distance, b.distance) }
	slices.SortStableFunc(near, byDistance)
	slices.SortStableFunc(far, byDistance)
	return append(near, far...)
}

// distance is how much more an interface grants than an access needs; it is below 0 if the interface does not grant
// all of it.
func (x *interfaces) distance(i *interfaceInfo, v *vector) int {
	dist := 0
	for n, g := range i.access {
		d := x.one(v, g)
		switch {
		case n == 0:
			dist = d
		case d >= 0 && dist >= 0:
			dist += d
		case d >= 0:
			dist = d - dist
		case dist < 0:
			dist += d
		default:
			dist -= d
		}
	}
	if i.writes && !x.weights.writes(v.class, v.perms) {
		if dist < 0 {
			return dist - flowPenalty
		}
		return dist + flowPenalty
	}
	return dist
}

// mismatch is the distance for another type or class.
const mismatch = 10

// one is the distance for one access of an interface.
func (x *interfaces) one(v *vector, g *granted) int {
	dist := 0
	if v.source != g.source && !isParam(g.source) {
		dist -= mismatch
	}
	if v.target != g.target && !isParam(g.target) {
		dist -= mismatch
	}
	if v.class != g.class && !isParam(g.class) {
		dist -= mismatch
	}
	if dist < 0 {
		return dist - x.weights.of(g.class, g.perms)
	}
	if missing := without(v.perms, g.perms); len(missing) > 0 {
		return -x.weights.of(v.class, missing)
	}
	return x.weights.of(v.class, without(g.perms, v.perms))
}

// without returns the names of a that b lacks.
func without(a, b []string) (list []string) {
	for _, name := range a {
		if !slices.Contains(b, name) {
			list = append(list, name)
		}
	}
	return list
}

// choose returns the accesses that no interface grants, and the calls for the others.
func (x *interfaces) choose(list []*vector, e explainer) (left []*vector, calls []statement) {
	for _, v := range list {
		found := x.matches(v)
		if len(found) == 0 {
			left = append(left, v)
			continue
		}
		s := found[0].info.call(v)
		if !e.none() {
			var options []string
			for _, m := range found {
				options = append(options, fmt.Sprintf("%s # [%d]", m.info.call(v).text, m.distance))
			}
			s.comment = e.vector(v, options)
		}
		at := slices.IndexFunc(calls, func(o statement) bool { return o.text == s.text })
		if at < 0 {
			calls = append(calls, s)
			continue
		}
		calls[at].comment = append(calls[at].comment, s.comment...)
	}
	return left, calls
}

// call returns the call for an access.
func (x *interfaceInfo) call(v *vector) statement {
	arg := v.source
	switch x.params["$1"] {
	case targetParam:
		arg = v.target
	case classParam:
		arg = v.class
	}
	return statement{source: arg, call: x.name, text: x.name + "(" + arg + ")"}
}
