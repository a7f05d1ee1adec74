package refpolicy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"maps"
	"runtime"
	"slices"
	"sort"
)

// An Index has the rules that each interface and template makes, including those of the interfaces
// that it calls. It is one run of bytes, which [OpenIndex] maps from a file: only what a search looks
// at is read. It is for one goroutine at a time.
type Index struct {
	// Dir is the directory of the headers.
	Dir string

	open func() (*Headers, error)
	data []byte
	sets map[SetID]*Set // those that were asked for

	defs, rules, setTexts, conds, targets, places, attributes, names table
	text                                                             []byte
	failures                                                         int
	expand                                                           expander
}

// The form of an index: the magic, the numbers of elements of each table, of failures and of bytes of
// text, a checksum of all that follows, the tables, the texts. All numbers are little endian and of 32
// bits. A text is an offset and a length.
const (
	indexMagic = "senet interfaces 2\n"
	indexHead  = len(indexMagic) + (len(recordSizes)+2)*4 + 4

	defSize    = 8 + 8 + 4 + 8 + 8 // the name, the span of rules, flags, why it failed, the body
	ruleSize   = 4 + 5*4           // kind and flags, the condition, four sets
	textSize   = 8
	targetSize = 8 + 8 // the name, the span of places
	placeSize  = 8
	nameSize   = 4 // a definition; they are sorted by name

	// Flags of definitions, above the number of required arguments.
	flagTemplate = 1 << 8
	flagFailed   = 1 << 9
	// Flags of rules, above the kind.
	flagOptional = 1 << 8
)

// recordSizes are the sizes of the records of the tables, in their order.
var recordSizes = [...]int{defSize, ruleSize, textSize, textSize, targetSize, placeSize, textSize, nameSize}

var errIndex = errors.New("not an index of interfaces")

// A table has records of one size.
type table struct {
	b    []byte
	size int
}

func (t table) len() int { return len(t.b) / t.size }

// field returns a number of a record; 0 outside of the table.
func (t table) field(record, at int) uint32 {
	if uint(record) >= uint(t.len()) {
		return 0
	}
	return binary.LittleEndian.Uint32(t.b[record*t.size+at:])
}

// readIndex reads the form that append writes. The index keeps the bytes.
func readIndex(data []byte) (*Index, error) {
	if len(data) < indexHead || string(data[:len(indexMagic)]) != indexMagic {
		return nil, errIndex
	}
	number := func(n int) int { return int(binary.LittleEndian.Uint32(data[len(indexMagic)+4*n:])) }
	x := &Index{data: data, sets: make(map[SetID]*Set, 64), failures: number(len(recordSizes))}
	rest := data[indexHead:]
	if crc32.Checksum(rest, crc32.MakeTable(crc32.Castagnoli)) != uint32(number(len(recordSizes)+2)) {
		return nil, errIndex
	}
	for i, t := range []*table{&x.defs, &x.rules, &x.setTexts, &x.conds, &x.targets, &x.places, &x.attributes,
		&x.names} {
		n := number(i) * recordSizes[i]
		if n > len(rest) {
			return nil, errIndex
		}
		*t, rest = table{rest[:n:n], recordSizes[i]}, rest[n:]
	}
	if x.text = rest; len(rest) != number(len(recordSizes)+1) {
		return nil, errIndex
	}
	return x, nil
}

// textOf returns the text of a record; "" if it is outside of the texts.
func (x *Index) textOf(t table, record, at int) string {
	return string(x.bytesOf(t, record, at))
}

func (x *Index) bytesOf(t table, record, at int) []byte {
	from, n := uint64(t.field(record, at)), uint64(t.field(record, at+4))
	if from+n > uint64(len(x.text)) {
		return nil
	}
	return x.text[from : from+n]
}

// Headers returns the headers, which it reads if the index came from a file. The error wraps ErrChanged if they have
// other definitions by now.
func (x *Index) Headers() (*Headers, error) {
	h, err := x.open()
	if err != nil {
		return nil, err
	}
	same := len(h.Defs) == x.Defs()
	for def := 0; def < x.Defs() && same; def++ {
		same = h.Defs[def].Name == x.Name(def)
	}
	if !same {
		return nil, fmt.Errorf("%w: %s", ErrChanged, x.Dir)
	}
	x.open = func() (*Headers, error) { return h, nil }
	return h, nil
}

// ErrChanged says that headers changed while they were in use.
var ErrChanged = errors.New("the headers of refpolicy have changed meanwhile")

// Defs returns the number of definitions.
func (x *Index) Defs() int { return x.defs.len() }

// Name returns the name of a definition.
func (x *Index) Name(def int) string {
	defer runtime.KeepAlive(x)
	return x.textOf(x.defs, def, 0)
}

// Template reports whether a definition is a template.
func (x *Index) Template(def int) bool {
	defer runtime.KeepAlive(x)
	return x.defs.field(def, 16)&flagTemplate != 0
}

// Required returns the number of required arguments of a definition.
func (x *Index) Required(def int) int {
	defer runtime.KeepAlive(x)
	return int(x.defs.field(def, 16) & 0xff)
}

// Failure returns why a definition cannot be expanded, nil if it can.
func (x *Index) Failure(def int) error {
	defer runtime.KeepAlive(x)
	if x.defs.field(def, 16)&flagFailed == 0 {
		return nil
	}
	return errors.New(x.textOf(x.defs, def, 20))
}

// Failures yields the definitions that cannot be expanded, with the reasons.
func (x *Index) Failures() iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for def := 0; def < x.Defs() && x.failures > 0; def++ {
			if err := x.Failure(def); err != nil && !yield(def, err) {
				return
			}
		}
	}
}

// Rules are the rules of a definition.
type Rules struct {
	x        *Index
	from, to int
}

// Rules returns the rules of a definition.
func (x *Index) Rules(def int) Rules {
	defer runtime.KeepAlive(x)
	from, to := int(x.defs.field(def, 8)), int(x.defs.field(def, 12))
	return Rules{x, from, max(from, min(to, x.rules.len()))}
}

// Len returns the number of rules.
func (r Rules) Len() int { return r.to - r.from }

// At returns a rule.
func (r Rules) At(i int) Rule { return r.x.rule(r.from + i) }

// All yields the rules.
func (r Rules) All() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for i := r.from; i < r.to; i++ {
			if !yield(r.x.rule(i)) {
				return
			}
		}
	}
}

// Rule returns the rule at a place.
func (x *Index) Rule(p Place) Rule { return x.rule(int(p.Rule)) }

func (x *Index) rule(n int) Rule {
	defer runtime.KeepAlive(x)
	flags := x.rules.field(n, 0)
	set := func(at int) SetID { return SetID(x.rules.field(n, at)) }
	return Rule{Kind: Kind(flags), Optional: flags&flagOptional != 0, Cond: int32(x.rules.field(n, 4)),
		Sources: set(8), Targets: set(12), Classes: set(16), Perms: set(20)}
}

// Set returns a set of the index; the empty one for an id that it does not have. The caller must not change it.
func (x *Index) Set(id SetID) *Set {
	if s, ok := x.sets[id]; ok {
		return s
	}
	defer runtime.KeepAlive(x)
	s := setOf(x.textOf(x.setTexts, int(id), 0))
	x.sets[id] = &s
	return &s
}

// Cond returns the text of a condition.
func (x *Index) Cond(id int32) string {
	defer runtime.KeepAlive(x)
	return x.textOf(x.conds, int(id), 0)
}

// find returns the number of a name in a sorted table.
func (x *Index) find(t table, name string) (int, bool) {
	n := sort.Search(t.len(), func(i int) bool { return string(x.bytesOf(t, i, 0)) >= name })
	return n, n < t.len() && string(x.bytesOf(t, n, 0)) == name
}

// Attribute reports whether the headers require a name as an attribute.
func (x *Index) Attribute(name string) bool {
	defer runtime.KeepAlive(x)
	_, ok := x.find(x.attributes, name)
	return ok
}

// OnTarget yields the allow rules and memberships whose targets include a name.
func (x *Index) OnTarget(name string) iter.Seq[Place] {
	return func(yield func(Place) bool) {
		defer runtime.KeepAlive(x)
		n, ok := x.find(x.targets, name)
		if !ok {
			return
		}
		from, to := int(x.targets.field(n, 8)), int(x.targets.field(n, 12))
		for i := from; i < min(to, x.places.len()); i++ {
			if !yield(Place{int32(x.places.field(i, 0)), int32(x.places.field(i, 4))}) {
				return
			}
		}
	}
}

// A formWriter writes the form of an index: tables, and texts once each.
type formWriter struct {
	tables [len(recordSizes)][]byte
	texts  []byte
	at     map[string]int
}

func (w *formWriter) numbers(table int, list ...int) {
	for _, n := range list {
		w.tables[table] = binary.LittleEndian.AppendUint32(w.tables[table], uint32(n))
	}
}

func (w *formWriter) text(table int, text string) {
	at, ok := w.at[text]
	if !ok {
		at = len(w.texts)
		w.at[text] = at
		w.texts = append(w.texts, text...)
	}
	w.numbers(table, at, len(text))
}

// append appends the form of the index to b.
func (x *draftIndex) append(b []byte) []byte {
	w := &formWriter{at: make(map[string]int, 1<<14)}
	const defs, rules, setTexts, conds, targets, places, attributes, names = 0, 1, 2, 3, 4, 5, 6, 7
	for def := range x.headers.Defs {
		d := &x.headers.Defs[def]
		flags, why := int(x.required[def]), ""
		if d.Template {
			flags |= flagTemplate
		}
		if err := x.failed[def]; err != nil {
			flags |= flagFailed
			why = err.Error()
		}
		w.text(defs, d.Name)
		w.numbers(defs, int(x.spans[def].from), int(x.spans[def].to), flags)
		w.text(defs, why)
		w.text(defs, d.Body)
	}
	for _, r := range x.rules {
		flags := int(r.Kind)
		if r.Optional {
			flags |= flagOptional
		}
		w.numbers(rules, flags, int(r.Cond), int(r.Sources), int(r.Targets), int(r.Classes), int(r.Perms))
	}
	for i := range x.sets.list {
		w.text(setTexts, x.sets.list[i].Text)
	}
	for _, text := range x.conds {
		w.text(conds, text)
	}
	byTarget := x.byTarget()
	for _, name := range slices.Sorted(maps.Keys(byTarget)) {
		list := byTarget[name]
		from := len(w.tables[places]) / placeSize
		w.text(targets, name)
		w.numbers(targets, from, from+len(list))
		for _, p := range list {
			w.numbers(places, int(p.Def), int(p.Rule))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.attributes)) {
		w.text(attributes, name)
	}
	for _, name := range slices.Sorted(maps.Keys(x.headers.byName)) {
		w.numbers(names, int(x.headers.byName[name]))
	}
	return w.append(b, len(x.failed))
}

func (w *formWriter) append(b []byte, failures int) []byte {
	b = append(b, indexMagic...)
	for i, t := range w.tables {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t)/recordSizes[i]))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(failures))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w.texts)))
	body := slices.Concat(slices.Concat(w.tables[:]...), w.texts)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
	return append(b, body...)
}

// byTarget returns the rules of definitions by the names of their targets.
func (x *draftIndex) byTarget() map[string][]Place {
	list := make(map[string][]Place, 8192)
	for def, s := range x.spans {
		for i := s.from; i < s.to; i++ {
			r := &x.rules[i]
			if r.Kind != Allow && r.Kind != Member {
				continue
			}
			for _, name := range x.sets.list[r.Targets].Names {
				list[name] = append(list[name], Place{int32(def), i})
			}
		}
	}
	return list
}
