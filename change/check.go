package change

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/senet-selinux/senet/modstore"
)

// The bounds of a change and of its entry in a history.
const (
	maxRecords    = 100_000
	maxModule     = 4 << 20
	maxModules    = 10_000
	maxModuleName = 128
	maxText       = 4096
	maxWords      = 10_000
)

// Check refuses an empty change, one with a path out of the store, and one that is too large.
func (c Change) Check() error {
	if m := c.Module; m != nil {
		if err := m.check(); err != nil {
			return err
		}
	}
	switch {
	case c.Empty():
		return errors.New("nothing is changed")
	case len(c.Records) > maxRecords:
		return fmt.Errorf("%d records", len(c.Records))
	}
	for _, d := range c.Records {
		if d.Before == nil && d.After == nil {
			return errors.New("a change has no record")
		}
	}
	return nil
}

func (m *Module) check() error {
	switch {
	case !plainModuleName(m.Name):
		return fmt.Errorf("%.40q is no name for a module", m.Name)
	case m.Switched != "":
		if one := (Module{Name: m.Name, Switched: m.Switched}); *m != one ||
			m.Switched != SwitchedOn && m.Switched != SwitchedOff {
			return fmt.Errorf("module %s: switched %.40q", m.Name, m.Switched)
		}
	case m.Before == m.After && m.From == 0:
		return fmt.Errorf("module %s is neither installed nor removed", m.Name)
	case m.From != 0 && (m.Priority == 0 || m.Before == "" || m.After == ""):
		return fmt.Errorf("module %s has no former priority", m.Name)
	case m.From < 0 || m.From > modstore.MaxPriority, m.Priority < 0 || m.Priority > modstore.MaxPriority:
		return fmt.Errorf("module %s: no such priority", m.Name)
	case len(m.Before) > maxModule, len(m.After) > maxModule:
		return fmt.Errorf("module %s: larger than %d bytes", m.Name, maxModule)
	}
	return nil
}

// plainModuleName reports whether a name is valid for semodule and every file system, and is
// neither an option nor a path.
func plainModuleName(name string) bool {
	if name == "" || len(name) > maxModuleName {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return true
}

// check refuses an entry that this package would not write.
func (e *Entry) check() error {
	switch {
	case e.Status != Begun && e.Status != Made && e.Status != Void:
		return fmt.Errorf("status %.40q", e.Status)
	case e.From < 0 || e.ID <= e.From:
		return fmt.Errorf("from transaction %d", e.From)
	case e.Undoes < 0 || e.Undoes >= e.ID || e.UndoneBy != 0 && e.UndoneBy <= e.ID:
		return errors.New("undone by an earlier change")
	case e.Module == nil && len(e.Records) == 0:
		return errors.New("nothing is changed")
	case e.Status == Begun && e.Module == nil:
		return errors.New("a change of records only cannot have the status begun")
	}
	if e.Module == nil && len(e.More) > 0 || len(e.More) > maxModules {
		return fmt.Errorf("%d more modules", len(e.More))
	}
	for _, m := range e.Modules() {
		if err := m.check(); err != nil {
			return err
		}
	}
	if n := len(e.About.Question); n != 0 && n != 3 {
		return fmt.Errorf("a question of %d words", n)
	}
	if len(e.About.Command) > maxWords {
		return fmt.Errorf("a command of %d words", len(e.About.Command))
	}
	for _, text := range append(append([]string{e.About.Title}, e.About.Question...), e.About.Command...) {
		if !printable(text) {
			return fmt.Errorf("%.40q in what it is for", text)
		}
	}
	return nil
}

// printable reports whether a text has a reasonable length and only printable characters.
func printable(text string) bool {
	return len(text) <= maxText && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
