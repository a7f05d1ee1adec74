package semanage

import "strings"

// A Boolean is a boolean with the value it shall have.
type Boolean struct {
	Name string
	On   bool
}

// A BooleanKey identifies a [Boolean]: its name.
type BooleanKey string

// Kind returns [Booleans].
func (BooleanKey) Kind() Kind { return Booleans }

func (k BooleanKey) String() string { return string(k) }

func (k BooleanKey) inPolicy(p *policyNames) (Record, bool) {
	if b := p.boolean(string(k)); b != nil {
		return Boolean{b.Name, b.State != 0}, true
	}
	return nil, false
}

// Kind returns [Booleans].
func (Boolean) Kind() Kind { return Booleans }

// Key returns the [BooleanKey].
func (b Boolean) Key() Key { return BooleanKey(b.Name) }

func (b Boolean) digit() string {
	if b.On {
		return "1"
	}
	return "0"
}

// String returns the line of booleans.local.
func (b Boolean) String() string { return b.Name + "=" + b.digit() }

func (b Boolean) check() error                 { return checkWord(b.Name, "boolean", 0) }
func (b Boolean) context() Context             { return Context{} }
func (b Boolean) withContext(_ Context) Record { return b }
func (b Boolean) exportLine() string           { return "-m -" + b.digit() + " " + b.Name }

// parseBoolean mirrors bool_parse.
func parseBoolean(s *scanner) (Record, error) {
	name, err := s.word('=')
	if err != nil {
		return nil, err
	}
	b := Boolean{Name: name}
	s.skipSpace()
	if err := s.expect("="); err != nil {
		return nil, err
	}
	s.skipSpace()
	switch {
	case s.optional("true"), s.optional("TRUE"):
		b.On = true
	case s.optional("false"), s.optional("FALSE"):
	default:
		n, err := s.number(' ', 1)
		if err != nil {
			return nil, err
		}
		b.On = n == 1
	}
	return b, s.space()
}

// ParseOnOff reads the value of a boolean as semanage does: on, off, true, false
// in any case, 1, 0.
func ParseOnOff(s string) (on, ok bool) {
	switch strings.ToUpper(s) {
	case "TRUE", "ON", "1":
		return true, true
	case "FALSE", "OFF", "0":
		return false, true
	}
	return false, false
}
