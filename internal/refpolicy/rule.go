package refpolicy

import "strings"

// A Kind is the kind of a rule.
type Kind uint8

// The kinds of rules that are indexed.
const (
	Allow Kind = iota + 1
	DontAudit
	AuditAllow
	NeverAllow
	// Member puts the types of Sources into the attributes of Targets.
	Member
	// Transition is a type_transition, type_change or type_member; Perms is the new type.
	Transition
)

var kindNames = [...]string{Allow: "allow", DontAudit: "dontaudit", AuditAllow: "auditallow",
	NeverAllow: "neverallow", Member: "typeattribute", Transition: "type_transition"}

// String returns the word of the language.
func (k Kind) String() string { return kindNames[k] }

// A SetID identifies a set of names in an index: types, attributes, classes or permissions. 0 is
// the empty set.
type SetID int32

// A Rule is one rule of an interface, with $1 to $9 for the arguments. Sets stay as they are
// written.
type Rule struct {
	Kind Kind
	// Optional says that it is in an optional_policy block: it applies only if what the block
	// requires exists.
	Optional bool
	// Cond is for [Index.Cond]; 0 is no condition.
	Cond                             int32
	Sources, Targets, Classes, Perms SetID
}

// isEmpty reports whether a set of a rule has no names, as where an argument is not given: it is no rule then.
func (r Rule) isEmpty() bool {
	return r.Sources == 0 || r.Targets == 0 || r.Kind != Member && (r.Classes == 0 || r.Perms == 0)
}

// A Set is a set of names, with excluded ones.
type Set struct {
	// Text has the names between blanks, as they are written; "-" precedes an excluded name, "~" a
	// set whose complement is meant, "*" stands for all.
	Text  string
	Names []string
	Minus []string
	// Complement says that the set is all but Names.
	Complement bool
	// open says that a name contains an argument.
	open bool
}

// Open reports whether a name contains an argument.
func (s *Set) Open() bool { return s.open }

// sets interns sets by their text.
type sets struct {
	list  []Set
	ids   map[string]SetID
	bytes int // of all texts
}

func newSets() sets { return sets{list: make([]Set, 1, 4096), ids: make(map[string]SetID, 8192)} }

// setOf reads a set out of its text: names, braces, signs.
func setOf(text string) Set {
	set := Set{Text: text}
	minus := false
	between := func(r rune) bool { return strings.ContainsRune(" \t\n{},", r) }
	for name := range strings.FieldsFuncSeq(text, between) {
		switch name {
		case "-":
			minus = true
			continue
		case "~":
			set.Complement = true
			continue
		}
		if rest, ok := strings.CutPrefix(name, "~"); ok {
			set.Complement, name = true, rest
		}
		if rest, ok := strings.CutPrefix(name, "-"); ok {
			minus, name = true, rest
		}
		if strings.IndexByte(name, '$') >= 0 {
			set.open = true
		}
		if minus {
			set.Minus = append(set.Minus, name)
		} else {
			set.Names = append(set.Names, name)
		}
		minus = false
	}
	return set
}

// empty reports whether no name is in the set.
func (s *Set) empty() bool { return len(s.Names) == 0 && !s.Complement }

// id returns the id of a set by its text. It copies a new text.
func (s *sets) id(text []byte) SetID {
	if id, ok := s.ids[string(text)]; ok {
		return id
	}
	set := setOf(string(text))
	s.bytes += len(text) + 16
	id := SetID(0)
	if !set.empty() {
		id = SetID(len(s.list))
		s.list = append(s.list, set)
	}
	s.ids[set.Text] = id
	return id
}

// with returns the set with arguments for $1 to $9.
func (s *sets) with(id SetID, args []string) SetID {
	if !s.list[id].open {
		return id
	}
	text := Substitute(s.list[id].Text, args)
	if text == s.list[id].Text {
		return id
	}
	return s.id([]byte(text))
}

// Substitute replaces $1 to $9 by arguments.
func Substitute(text string, args []string) string {
	at := strings.IndexByte(text, '$')
	if at < 0 {
		return text
	}
	var b strings.Builder
	for ; at >= 0; at = strings.IndexByte(text, '$') {
		b.WriteString(text[:at])
		if at+1 == len(text) {
			b.WriteByte('$')
			return b.String()
		}
		if n := int(text[at+1]) - '1'; n >= 0 && n < len(args) {
			b.WriteString(args[n])
		}
		text = text[at+2:]
	}
	b.WriteString(text)
	return b.String()
}
