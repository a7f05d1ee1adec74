package statefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
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
