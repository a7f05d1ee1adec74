package refpolicy

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/m4"
)

// A draftIndex is an index that is being made.
type draftIndex struct {
	headers *Headers
	conds   []string // the texts of conditions; the first one is "", no condition
	failed  map[int]error

	sets       sets
	rules      []Rule
	spans      []span  // the spans of rules, by definition
	required   []uint8 // the number of required arguments, by definition
	attributes map[string]bool
	condIDs    map[string]int32
	condBytes  int
}

// A span is a range of rules of a definition.
type span struct{ from, to int32 }

// A Place identifies a rule of a definition.
type Place struct{ Def, Rule int32 }

// A nested is a call that a definition makes.
type nested struct {
	def      int
	args     []string
	optional bool
	cond     string
	at       int // the number of own rules before it
}

// A draft holds the rules of one definition without those of its calls, and the calls.
type draft struct {
	rules []Rule
	calls []nested
	state uint8 // begun, done
}

// Index returns the rules of all interfaces. The error is a [*TooMuchError].
func (h *Headers) Index() (*Index, error) {
	x, err := h.draft()
	if err != nil {
		return nil, err
	}
	made, err := readIndex(x.append(nil))
	if err != nil {
		return nil, err
	}
	made.Dir, made.open, made.expand = h.Dir, func() (*Headers, error) { return h, nil }, h.Expand
	return made, nil
}

// draft expands each definition once, without the interfaces that it calls, and then combines the
// rules. The error is a [*TooMuchError].
func (h *Headers) draft() (*draftIndex, error) {
	x := &draftIndex{headers: h, conds: []string{""}, failed: map[int]error{}, sets: newSets(),
		rules: make([]Rule, 0, 1<<16), spans: make([]span, len(h.Defs)), required: make([]uint8, len(h.Defs)),
		attributes: make(map[string]bool, 1024),
		condIDs:    map[string]int32{"": 0}}
	b := &indexer{x: x, e: h.engine.Fork(), drafts: make([]draft, len(h.Defs)), inline: make([]bool, len(h.Defs)),
		optional: make([]bool, len(h.Defs))}
	for i := range h.Defs {
		b.inline[i] = asksForArguments(h.Defs[i].Body)
	}
	for n := range b.lists {
		b.lists[n] = "(" + strings.Join(argumentNames[:n], ",") + ")"
	}
	b.e.OnMarked = b.onCall
	for i := range h.Defs {
		b.read(i)
		if err := b.check(); err != nil {
			return nil, err
		}
	}
	for i := range h.Defs {
		if err := b.join(i, 0); err != nil {
			return nil, err
		}
	}
	for i := range h.Defs {
		b.leaveOut(i)
		if err := b.check(); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// asksForArguments reports whether the rules of a body may depend on the values of arguments, not
// only on their places in the text.
func asksForArguments(body string) bool {
	for rest := body; ; {
		at := strings.IndexByte(rest, '$')
		if at < 0 || at+1 == len(rest) {
			break
		}
		switch rest[at+1] {
		case '*', '@', '#':
			return true
		}
		rest = rest[at+1:]
	}
	return strings.Contains(body, "ifelse(") || strings.Contains(body, "ifdef(`$") || strings.Contains(body, "shift(")
}

type indexer struct {
	x      *draftIndex
	e      *m4.Engine
	drafts []draft
	inline []bool
	// optional says of each definition that it was expanded with optional arguments.
	optional []bool
	lists    [len(argumentNames) + 1]string // the lists of so many arguments
	begun    bool                           // the call of the definition itself was seen
	calls    []nested
	out      []byte
	mark     []byte
	work     bounds
}

// onCall keeps the calls of other definitions in the text.
func (b *indexer) onCall(c m4.Call) ([]byte, error) {
	if !b.begun || b.inline[c.Mark] {
		b.begun = true
		return nil, nil
	}
	args := make([]string, len(c.Args))
	for i, a := range c.Args {
		args[i] = strings.TrimSpace(string(a))
	}
	b.mark = append(b.mark[:0], callMark)
	b.mark = append(strconv.AppendInt(b.mark, int64(len(b.calls)), 10), ';')
	b.calls = append(b.calls, nested{def: c.Mark, args: args})
	return b.mark, nil
}

// read expands one definition with $1 to $9 as its arguments and stores its own rules.
func (b *indexer) read(def int) {
	d := &b.drafts[def]
	b.begun, b.calls = false, b.calls[:0]
	required, all := b.x.headers.counts(def)
	b.x.required[def] = uint8(required)
	given := required
	if !b.inline[def] {
		given, b.optional[def] = all, required < all
	}
	name := b.x.headers.Defs[def].Name
	b.e.Bound(b.work.own())
	text, err := b.e.Append(b.out[:0], name, name+b.lists[given])
	b.work.spend(b.e.Work()+len(text), err != nil)
	if err != nil {
		b.x.failed[def] = err
		return
	}
	b.out = text
	p := parser{text: text, sets: &b.x.sets,
		rule: func(r Rule, cond string) {
			r.Cond = b.x.cond(cond)
			d.rules = append(d.rules, r)
		},
		call: func(number int, optional bool, cond string) {
			if number < len(b.calls) {
				c := b.calls[number]
				c.optional, c.cond, c.at = optional, cond, len(d.rules)
				d.calls = append(d.calls, c)
			}
		},
		attribute: func(name []byte) {
			if !b.x.attributes[string(name)] {
				b.x.attributes[string(name)] = true
			}
		},
	}
	if p.run(); p.deep {
		b.x.failed[def] = fmt.Errorf("%s: blocks are nested more than %d deep", name, maxBlocks)
		*d = draft{}
	}
}

// leaveOut replaces the rules of a definition by those without its optional arguments, which a
// caller need not give.
func (b *indexer) leaveOut(def int) {
	x := b.x
	if !b.optional[def] {
		return
	}
	given := argumentNames[:x.required[def]]
	s := x.spans[def]
	from := int32(len(x.rules))
	for i := s.from; i < s.to; i++ {
		if r, ok := b.called(x.rules[i], nested{args: given}); ok && !r.isEmpty() {
			x.rules = append(x.rules, r)
		}
	}
	x.spans[def] = span{from, int32(len(x.rules))}
}

// argumentNames are the arguments of a definition.
var argumentNames = [...]string{"$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"}

// counts returns the numbers of the required arguments of a definition and of all.
func (h *Headers) counts(def int) (required, all int) {
	documented, firstOptional := 0, len(argumentNames)
	for head := range paramHeads(h.comment(def)) {
		if documented < firstOptional && attribute(head, "optional") == "true" {
			firstOptional = documented
		}
		documented++
	}
	all = min(max(arguments(h.Defs[def].Body), documented), len(argumentNames))
	return min(all, firstOptional), all
}

// Required returns $1 and so on for the required arguments of a definition.
func (h *Headers) Required(def int) []string {
	n, _ := h.counts(def)
	return slices.Clone(argumentNames[:n])
}

// Arguments returns $1 and so on for all arguments of a definition.
func (h *Headers) Arguments(def int) []string {
	_, n := h.counts(def)
	return slices.Clone(argumentNames[:n])
}

// Names yields the names of all definitions.
func (h *Headers) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range h.Defs {
			if !yield(h.Defs[i].Name) {
				return
			}
		}
	}
}

// call returns the text that calls a definition.
func (h *Headers) call(def int, all bool) string {
	required, n := h.counts(def)
	if !all {
		n = required
	}
	return h.Defs[def].Name + "(" + strings.Join(argumentNames[:n], ",") + ")"
}

// arguments returns the highest number of an argument that a body uses.
func arguments(body string) int {
	most := 0
	for i := 0; i+1 < len(body); i++ {
		if body[i] == '$' && body[i+1] > '0' && body[i+1] <= '9' {
			most = max(most, int(body[i+1]-'0'))
		}
	}
	return most
}

func (x *draftIndex) cond(text string) int32 {
	id, ok := x.condIDs[text]
	if !ok {
		id = int32(len(x.conds))
		x.conds = append(x.conds, text)
		x.condBytes += len(text)
		x.condIDs[text] = id
	}
	return id
}

const (
	joining = iota + 1
	joined
)

// join puts the rules of a definition, and those of its calls, into the index. depth is the number of calls around it.
func (b *indexer) join(def, depth int) error {
	d := &b.drafts[def]
	switch {
	case d.state == joined:
		return nil
	case d.state == joining:
		b.x.failed[def] = fmt.Errorf("%s calls itself", b.x.headers.Defs[def].Name)
		return nil
	case depth == maxCalls:
		b.x.failed[def] = fmt.Errorf("%s is called by calls that are more than %d deep", b.x.headers.Defs[def].Name,
			maxCalls)
		return nil
	}
	d.state = joining
	for _, c := range d.calls {
		if err := b.join(c.def, depth+1); err != nil {
			return err
		}
	}
	d.state = joined
	if err := b.failure(def); err != nil {
		b.x.failed[def] = err
		return nil
	}
	x := b.x
	from := int32(len(x.rules))
	own := 0
	for _, c := range d.calls {
		x.rules = append(x.rules, d.rules[own:c.at]...)
		own = c.at
		s := x.spans[c.def]
		for i := s.from; i < s.to; i++ {
			r, ok := b.called(x.rules[i], c)
			if !ok {
				x.rules = x.rules[:from]
				x.failed[def] = fmt.Errorf("%s makes a set or a condition of more than %d KiB",
					x.headers.Defs[def].Name, maxText>>10)
				return nil
			}
			x.rules = append(x.rules, r)
		}
		if err := b.check(); err != nil {
			return err
		}
	}
	x.rules = append(x.rules, d.rules[own:]...)
	kept := slices.DeleteFunc(x.rules[from:], Rule.isEmpty)
	x.rules = x.rules[:int(from)+len(kept)]
	x.spans[def] = span{from, int32(len(x.rules))}
	return b.check()
}

// failure returns why a definition is left out whose calls are joined, nil if it is not: what it makes is not known if
// that of a call is not.
func (b *indexer) failure(def int) error {
	if err := b.x.failed[def]; err != nil {
		return err
	}
	for _, c := range b.drafts[def].calls {
		if b.x.failed[c.def] != nil {
			defs := b.x.headers.Defs
			return fmt.Errorf("%s calls %s, which is left out", defs[def].Name, defs[c.def].Name)
		}
	}
	return nil
}

// called returns a rule with the arguments of a call; ok is false if it has too much text.
func (b *indexer) called(r Rule, c nested) (with Rule, ok bool) {
	s := &b.x.sets
	cond := b.x.conds[r.Cond]
	for _, id := range [...]SetID{r.Sources, r.Targets, r.Classes, r.Perms} {
		if set := &s.list[id]; set.open && substituted(set.Text, c.args) > maxText {
			return r, false
		}
	}
	if len(c.cond)+substituted(cond, c.args) > maxText {
		return r, false
	}
	r.Sources, r.Targets = s.with(r.Sources, c.args), s.with(r.Targets, c.args)
	r.Classes, r.Perms = s.with(r.Classes, c.args), s.with(r.Perms, c.args)
	r.Optional = r.Optional || c.optional
	if c.cond != "" || strings.IndexByte(cond, '$') >= 0 {
		r.Cond = b.x.cond(both(c.cond, Substitute(cond, c.args)))
	}
	return r, true
}
