package yaml

import (
	"fmt"
	"strconv"
)

// Fail returns an error about the value.
func (n *Node) Fail(format string, args ...any) error {
	return &Error{n.line, fmt.Sprintf(format, args...)}
}

// Line is the line of the value, 1-based.
func (n *Node) Line() int { return n.line }

// Expected says that something else is there than want.
func (n *Node) Expected(want string) error {
	switch n.kind {
	case list:
		return n.Fail("found a list, expected %s", want)
	case mapping:
		return n.Fail("found a mapping, expected %s", want)
	}
	return n.Fail("found `%s`, expected %s", n.text, want)
}

// Each calls do for every member of a mapping. An error in a value has the line of its name.
func (n *Node) Each(do func(key string, value *Node) error) error {
	if n.kind != mapping {
		return n.Expected("a mapping")
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

// Elements calls do for every element of a list; null is an empty one.
func (n *Node) Elements(kind string, do func(*Node) error) error {
	if n.Null() {
		return nil
	}
	if n.kind != list {
		return n.Expected("a list")
	}
	for i := range n.items {
		item := &n.items[i]
		if item.Null() {
			return item.Fail("%s: nothing after the dash", kind)
		}
		if err := do(item); err != nil {
			return err
		}
	}
	return nil
}

// Word puts a scalar into to; one that says nothing leaves it as it is.
func (n *Node) Word(to *string) error {
	if n.kind != scalar {
		return n.Expected("one word")
	}
	if !n.Null() {
		*to = n.text
	}
	return nil
}

// Number reads a number.
func (n *Node) Number(to *int) error {
	i, err := strconv.Atoi(n.text)
	if n.kind != scalar || n.quoted || err != nil {
		return n.Expected("a number")
	}
	*to = i
	return nil
}

// OnOff reads the value of a boolean, in the words of YAML 1.1 and 1.2.
func (n *Node) OnOff() (bool, error) {
	if n.kind == scalar {
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
	return false, n.Expected("on or off")
}

// Words reads a word, or a list of words.
func (n *Node) Words() ([]string, error) {
	if n.kind != list {
		var w string
		err := n.Word(&w)
		if w == "" {
			return nil, err
		}
		return []string{w}, err
	}
	words := make([]string, len(n.items))
	for i := range n.items {
		if err := n.items[i].Word(&words[i]); err != nil {
			return nil, err
		}
		if words[i] == "" {
			return nil, n.items[i].Fail("a word is empty")
		}
	}
	return words, nil
}
