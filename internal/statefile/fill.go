package statefile

import (
	"fmt"
	"strconv"
)

// decodeYAML reads a file in YAML.
func decodeYAML(text []byte, s *State) error {
	top, more, err := parseYAML(string(text))
	switch {
	case err != nil:
		return err
	case top == nil || top.null():
		return fmt.Errorf("%w: nothing in it", ErrInvalid)
	}
	if err := top.each(func(key string, value *node) error { return s.fill(key, value) }); err != nil {
		return err
	}
	if more > 0 {
		return fmt.Errorf("%w: line %d: more than one document", ErrInvalid, more)
	}
	return nil
}

// fill puts a member of the file into its place.
func (s *State) fill(key string, value *node) (err error) {
	switch key {
	case "base":
		if value.null() {
			return nil
		}
		s.Base = &Base{}
		return value.each(func(key string, value *node) error {
			switch key {
			case "store":
				return value.word(&s.Base.Store)
			case "commit":
				return value.number(&s.Base.Commit)
			case "policy":
				return value.word(&s.Base.Policy)
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
	case "booleans":
		return s.fillBooleans(value)
	case "exclusive":
		return value.elements(key, func(item *node) error {
			s.Exclusive = append(s.Exclusive, "")
			return item.word(&s.Exclusive[len(s.Exclusive)-1])
		})
	default:
		return unknown(key, value)
	}
	return err
}

func (s *State) fillBooleans(value *node) error {
	if value.null() {
		return nil
	}
	s.Booleans = make(map[string]bool)
	return value.each(func(name string, value *node) error {
		if value.null() {
			return value.fail("booleans: %s has no value", name)
		}
		on, err := value.onOff()
		s.Booleans[name] = on
		return err
	})
}

// records reads a list of records. fields returns where the fields of one are put.
func records[T any](kind string, value *node, fields func(*T, int) map[string]*string) ([]T, error) {
	var list []T
	err := value.elements(kind, func(item *node) error {
		list = append(list, *new(T))
		places := fields(&list[len(list)-1], item.line)
		return item.each(func(key string, value *node) error {
			if place := places[key]; place != nil {
				return value.word(place)
			}
			return unknown(key, value)
		})
	})
	return list, err
}

func unknown(key string, value *node) error { return value.fail("field %s is not known", key) }

func (n *node) fail(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrInvalid, n.line, fmt.Sprintf(format, args...))
}

// expected says that something else is there than want.
func (n *node) expected(want string) error {
	switch n.kind {
	case listNode:
		return n.fail("a list is where %s is expected", want)
	case mapNode:
		return n.fail("a mapping is where %s is expected", want)
	}
	return n.fail("`%s` is where %s is expected", n.text, want)
}

// each calls do for every member of a mapping. An error in a value is where its name is.
func (n *node) each(do func(key string, value *node) error) error {
	if n.kind != mapNode {
		return n.expected("a mapping")
	}
	for i := range n.keys {
		value := n.items[i]
		value.line = n.keys[i].line
		if err := do(n.keys[i].text, &value); err != nil {
			return err
		}
	}
	return nil
}

// elements calls do for every element of a list; null is an empty one.
func (n *node) elements(kind string, do func(*node) error) error {
	if n.null() {
		return nil
	}
	if n.kind != listNode {
		return n.expected("a list")
	}
	for i := range n.items {
		item := &n.items[i]
		if item.null() {
			return item.fail("%s: nothing after the dash", kind)
		}
		if err := do(item); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) word(to *string) error {
	if n.kind != scalarNode {
		return n.expected("one word")
	}
	if !n.null() {
		*to = n.text
	}
	return nil
}

func (n *node) number(to *int) error {
	i, err := strconv.Atoi(n.text)
	if n.kind != scalarNode || n.quoted || err != nil {
		return n.expected("a number")
	}
	*to = i
	return nil
}

// onOff reads the value of a boolean, in the words of YAML 1.1 and 1.2.
func (n *node) onOff() (bool, error) {
	if n.kind == scalarNode {
		switch n.text {
		case "y", "Y", "yes", "on":
			return true, nil
		case "n", "N", "no", "off":
			return false, nil
		}
		if !n.quoted {
			switch n.text {
			case "true", "True", "TRUE":
				return true, nil
			case "false", "False", "FALSE":
				return false, nil
			}
		}
	}
	return false, n.expected("on or off")
}
