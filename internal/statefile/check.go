package statefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// checkJSON refuses input that package encoding/json accepts with an unexpected result: of two
// members with one name it keeps one, and null in place of a record or a value leaves that out or
// makes it false. The decoder finds other mistakes.
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
			// The decoder ignores case in the names of fields.
			folded := strings.ToLower(name)
			if top.names[folded] {
				return fmt.Errorf("%w: line %d: %q is defined twice", ErrInvalid, line, name)
			}
			top.names[folded], top.name = true, false
			continue
		}
		if token == nil {
			return fmt.Errorf("%w: line %d: null is not a value here", ErrInvalid, line)
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
