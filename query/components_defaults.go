package query

import (
	"iter"
	"strconv"

	"github.com/senet-selinux/senet/policy"
)

// A DefaultKind is the part of a new object's context that a default_* statement sets.
// Each is a bit, so that a DefaultKind also serves as a set.
type DefaultKind uint8

// The kinds of default_* statements.
const (
	DefaultUser DefaultKind = 1 << iota
	DefaultRole
	DefaultType
	DefaultRange
)

// String returns the statement's keyword.
func (k DefaultKind) String() string {
	switch k {
	case DefaultUser:
		return "default_user"
	case DefaultRole:
		return "default_role"
	case DefaultType:
		return "default_type"
	case DefaultRange:
		return "default_range"
	}
	return "DefaultKind(" + strconv.Itoa(int(k)) + ")"
}

// A Default is a default_* statement: it sets the source of a part of the context of new
// objects of a class.
type Default struct {
	Kind  DefaultKind
	Class policy.ClassID
	// From is "source", "target" or, for a range, "glblub"; for an unknown value, its
	// number in the file.
	From string
	// Levels is "low", "high" or "low_high" for a range that is not "glblub",
	// else "".
	Levels string
}

// A DefaultQuery selects default_* statements; the zero DefaultQuery selects
// all.
type DefaultQuery struct {
	Kinds  DefaultKind // any of these; 0 for no restriction
	Class  Match
	From   string // "" for no restriction
	Levels string
}

// Defaults yields the default_* statements by ascending value of the class,
// those of one class in the order user, role, type, range.
func Defaults(p *policy.Policy, q DefaultQuery) iter.Seq[Default] {
	return func(yield func(Default) bool) {
		for id := range p.Classes() {
			c := p.ClassInfo(id)
			if !q.Class.accepts(c.Name) {
				continue
			}
			for kind, value := range [...]uint32{c.DefaultUser, c.DefaultRole, c.DefaultType, c.DefaultRange} {
				if value == 0 {
					continue
				}
				d := Default{Kind: 1 << kind, Class: id}
				d.From, d.Levels = defaultValue(d.Kind, value)
				if q.Kinds != 0 && q.Kinds&d.Kind == 0 || q.From != "" && q.From != d.From ||
					q.Levels != "" && q.Levels != d.Levels {
					continue
				}
				if !yield(d) {
					return
				}
			}
		}
	}
}

// defaultValue names a number of the file; see policydb.Class.
func defaultValue(kind DefaultKind, value uint32) (from, levels string) {
	if kind != DefaultRange {
		switch value {
		case 1:
			return "source", ""
		case 2:
			return "target", ""
		}
		return strconv.Itoa(int(value)), ""
	}
	switch value {
	case 1, 2, 3:
		from = "source"
	case 4, 5, 6:
		from = "target"
	case 7:
		return "glblub", ""
	default:
		return strconv.Itoa(int(value)), ""
	}
	return from, [...]string{"low", "high", "low_high"}[(value-1)%3]
}
