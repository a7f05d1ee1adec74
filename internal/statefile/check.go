package statefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// checkJSON refuses what package encoding/json takes, but would read as something
// that nobody wrote: of two members with one name it makes one, and null where a
// record or a value is to be leaves that out or makes it false. Other mistakes are
// left to the decoder.
func checkJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	type level struct {
		names map[string]bool // nil in a list
		name  bool            // the next token is a name
	}
	var stack []level
	for {
		token, err := d.Token()
		if err != nil {
			return nil
		}
		line := lineAt(text, d.InputOffset())
		var top *level
		if len(stack) > 0 {
			top = &stack[len(stack)-1]
		}
		if name, ok := token.(string); ok && top != nil && top.names != nil && top.name {
			// The decoder does not tell upper from lower case in the names of fields.
			folded := strings.ToLower(name)
			if top.names[folded] {
				return fmt.Errorf("%w: line %d: %q is there twice", ErrInvalid, line, name)
			}
			top.names[folded], top.name = true, false
			continue
		}
		if token == nil {
			return fmt.Errorf("%w: line %d: null says nothing", ErrInvalid, line)
		}
		if top != nil {
			top.name = true
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, level{make(map[string]bool), true})
		case json.Delim('['):
			stack = append(stack, level{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
		}
	}
}

// checkYAML refuses null as an element of a list and as the value of a boolean:
// package yaml leaves the element out, and makes the boolean false.
func checkYAML(tree *yaml.Node) error {
	if len(tree.Content) == 0 {
		return nil
	}
	top := resolved(tree.Content[0])
	for i := 0; i+1 < len(top.Content); i += 2 {
		switch key, list := top.Content[i], resolved(top.Content[i+1]); list.Kind {
		case yaml.SequenceNode:
			for _, n := range list.Content {
				if resolved(n).Tag == "!!null" {
					return fmt.Errorf("%w: line %d: %s: nothing after the dash", ErrInvalid, n.Line, key.Value)
				}
			}
		case yaml.MappingNode:
			for j := 0; j+1 < len(list.Content); j += 2 {
				if value := resolved(list.Content[j+1]); value.Tag == "!!null" {
					return fmt.Errorf("%w: line %d: %s: %s has no value", ErrInvalid, list.Content[j].Line, key.Value, list.Content[j].Value)
				}
			}
		}
	}
	return nil
}

// mistyped says in words what package yaml says with types of Go: "!!seq into
// statefile.Scalar".
func mistyped(text string) string {
	what, into, _ := strings.Cut(text, " into ")
	tag, value, _ := strings.Cut(what, " ")
	is := value + " is"
	switch tag {
	case "!!seq":
		is = "a list is"
	case "!!map":
		is = "a mapping is"
	}
	want := "a list"
	switch {
	case into == "bool":
		want = "on or off"
	case into == "int":
		want = "a number"
	case into == "string", strings.HasSuffix(into, ".Scalar"):
		want = "one word"
	case strings.HasPrefix(into, "map"), strings.Contains(into, "statefile.") && !strings.HasPrefix(into, "[]"):
		want = "a mapping"
	}
	return is + " where " + want + " is expected"
}
