package statefile

import (
	"fmt"

	"github.com/senet-selinux/senet/internal/yaml"
)

// decodeYAML reads a file in YAML.
func decodeYAML(text []byte, s *State) error {
	top, more, err := yaml.Parse(string(text))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	case top == nil || top.Null():
		return fmt.Errorf("%w: the file is empty", ErrInvalid)
	}
	if err := top.Each(func(key string, value *yaml.Node) error { return s.fill(key, value) }); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if more > 0 {
		return fmt.Errorf("%w: line %d: more than one document", ErrInvalid, more)
	}
	return nil
}

// fill sets the part of the state for a member of the file.
func (s *State) fill(key string, value *yaml.Node) (err error) {
	switch key {
	case "schema":
		return value.Word(&s.Schema)
	case "base":
		if value.Null() {
			return nil
		}
		s.Base = &Base{}
		return value.Each(func(key string, value *yaml.Node) error {
			switch key {
			case "store":
				return value.Word(&s.Base.Store)
			case "commit":
				return value.Number(&s.Base.Commit)
			case "policy":
				return value.Word(&s.Base.Policy)
			}
			return unknown(key, value)
		})
	case "ports":
		s.Ports, err = records(key, value, func(p *Port, line int) map[string]*string {
			p.Line = line
			return map[string]*string{
				"type": &p.Type, "proto": &p.Proto, "port": (*string)(&p.Port), "range": &p.Range, "state": &p.State,
			}
		})
	case "nodes":
		s.Nodes, err = records(key, value, func(n *Node, line int) map[string]*string {
			n.Line = line
			return map[string]*string{
				"type": &n.Type, "address": &n.Address, "mask": &n.Mask, "range": &n.Range, "state": &n.State,
			}
		})
	case "interfaces":
		s.Interfaces, err = records(key, value, func(i *Interface, line int) map[string]*string {
			i.Line = line
			return map[string]*string{"type": &i.Type, "name": &i.Name, "range": &i.Range, "state": &i.State}
		})
	case "users":
		s.Users, err = records(key, value, func(u *User, line int) map[string]*string {
			u.Line = line
			return map[string]*string{
				"name": &u.Name, "roles": &u.Roles, "level": &u.Level, "range": &u.Range, "prefix": &u.Prefix,
				"state": &u.State,
			}
		})
	case "logins":
		s.Logins, err = records(key, value, func(l *Login, line int) map[string]*string {
			l.Line = line
			return map[string]*string{"name": &l.Name, "user": &l.User, "range": &l.Range, "state": &l.State}
		})
	case "fcontexts":
		s.FileContexts, err = records(key, value, func(f *FileContext, line int) map[string]*string {
			f.Line = line
			return map[string]*string{
				"path": &f.Path, "files": &f.Files, "type": &f.Type, "user": &f.User, "range": &f.Range,
				"state": &f.State,
			}
		})
	case "equivalences":
		s.Equivalences, err = records(key, value, func(e *Equivalence, line int) map[string]*string {
			e.Line = line
			return map[string]*string{"path": &e.Path, "like": &e.Like, "state": &e.State}
		})
	case "modules":
		s.Modules, err = records(key, value, func(m *Module, line int) map[string]*string {
			m.Line = line
			return map[string]*string{
				"name": &m.Name, "priority": (*string)(&m.Priority), "file": &m.File, "cil": &m.CIL,
				"sha256": &m.SHA256, "state": &m.State,
			}
		})
	case "permissive":
		s.Permissive, err = records(key, value, func(p *Permissive, line int) map[string]*string {
			p.Line = line
			return map[string]*string{"type": &p.Type, "state": &p.State}
		})
	case "booleans":
		return s.fillBooleans(value)
	case "exclusive":
		return value.Elements(key, func(item *yaml.Node) error {
			s.Exclusive = append(s.Exclusive, "")
			return item.Word(&s.Exclusive[len(s.Exclusive)-1])
		})
	default:
		return unknown(key, value)
	}
	return err
}

func (s *State) fillBooleans(value *yaml.Node) error {
	if value.Null() {
		return nil
	}
	s.Booleans = make(map[string]bool)
	return value.Each(func(name string, value *yaml.Node) error {
		if value.Null() {
			return value.Fail("booleans: %s has no value", name)
		}
		on, err := value.OnOff()
		s.Booleans[name] = on
		return err
	})
}

// records reads a list of records. fields returns the addresses of a record's fields.
func records[T any](kind string, value *yaml.Node, fields func(*T, int) map[string]*string) ([]T, error) {
	var list []T
	err := value.Elements(kind, func(item *yaml.Node) error {
		list = append(list, *new(T))
		places := fields(&list[len(list)-1], item.Line())
		return item.Each(func(key string, value *yaml.Node) error {
			if place := places[key]; place != nil {
				return value.Word(place)
			}
			return unknown(key, value)
		})
	})
	return list, err
}

func unknown(key string, value *yaml.Node) error { return value.Fail("field %s is not known", key) }
