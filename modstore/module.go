package modstore

import (
	"fmt"
	"strconv"
	"strings"
)

// The range of priorities, and the priority of a module that an administrator installs.
const (
	MinPriority     = 1
	MaxPriority     = 999
	DefaultPriority = 400
)

// A Key identifies a module of a store: a name can have one module of each priority.
type Key struct {
	Priority int
	Name     string
}

// String returns the priority and the name: "400/web".
func (k Key) String() string { return fmt.Sprintf("%03d/%s", k.Priority, k.Name) }

// dir returns the directory of the module, below active.
func (k Key) dir() string { return "modules/" + k.String() }

// A Module is one module of a store.
type Module struct {
	Key
	// Lang is the language: "cil", or "pp" for a package of checkmodule.
	Lang string
	// Disabled says that no module of the name is part of the policy.
	Disabled bool
}

// langCIL is the language that needs no conversion.
const langCIL = "cil"

// IsCIL reports whether a language is CIL, which needs no conversion. It compares as
// libsemanage does.
func IsCIL(lang string) bool { return strings.EqualFold(lang, langCIL) }

// CheckName refuses an invalid name of a module. A valid one begins with a letter, and has letters,
// digits, "_", "-", and single dots between them.
func CheckName(name string) error {
	bad := name == "" || !letter(name[0]) || len(name) > 255
	for i := 1; !bad && i < len(name); i++ {
		if name[i] == '.' {
			i++
			bad = i == len(name)
		}
		bad = bad || !wordByte(name[i])
	}
	if bad {
		return fmt.Errorf("%w: %q", ErrName, name)
	}
	return nil
}

// CheckKey refuses an invalid name or priority.
func CheckKey(k Key) error {
	if k.Priority < MinPriority || k.Priority > MaxPriority {
		return fmt.Errorf("%w: priority %d is not %d to %d", ErrName, k.Priority, MinPriority, MaxPriority)
	}
	return CheckName(k.Name)
}

// CheckLang refuses an invalid name of a language.
func CheckLang(lang string) error {
	bad := lang == "" || !letter(lang[0]) && !digit(lang[0]) || len(lang) > 255
	for i := 1; !bad && i < len(lang); i++ {
		bad = !wordByte(lang[i])
	}
	if bad {
		return fmt.Errorf("%w: language %q", ErrName, lang)
	}
	return nil
}

func letter(b byte) bool   { return b|0x20 >= 'a' && b|0x20 <= 'z' }
func digit(b byte) bool    { return b >= '0' && b <= '9' }
func wordByte(b byte) bool { return letter(b) || digit(b) || b == '_' || b == '-' }

// parsePriority reads the name of a directory of priorities.
func parsePriority(name string) (int, bool) {
	n, err := strconv.Atoi(name)
	return n, err == nil && len(name) == 3 && n >= MinPriority && n <= MaxPriority
}

// compareVersions orders names as strverscmp(3) does: runs of digits by value; those with leading
// zeros are fractions, and come before all others.
func compareVersions(a, b string) int {
	at := func(s string, i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	// run is where the digits begin that end the common prefix.
	i, run, zeros := 0, 0, true
	for ; at(a, i) == at(b, i); i++ {
		switch c := at(a, i); {
		case c == 0 && i >= len(a):
			return 0
		case !digit(c):
			run, zeros = i+1, true
		case c != '0':
			zeros = false
		}
	}
	x, y := at(a, i), at(b, i)
	number := func(s string) bool { return digit(at(s, run)) && at(s, run) != '0' }
	switch {
	case number(a) && number(b):
		m, n := i, i
		for digit(at(a, m)) {
			m++
		}
		for digit(at(b, n)) {
			n++
		}
		if m != n {
			return m - n
		}
	case zeros && run < i && (digit(x) || digit(y)):
		return int(x-'0') - int(y-'0')
	}
	return int(x) - int(y)
}
