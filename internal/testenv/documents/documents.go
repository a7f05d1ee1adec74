// Package documents checks JSON that senet prints against its schemas.
//
// Start here: [Check].
package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/senet-selinux/senet/internal/doc/schema"
)

// Check returns the faults of the documents in text: one or more JSON values, each of which
// names its schema.
func Check(text []byte) error {
	return each(text, func(v map[string]any) error {
		name, ok := v["schema"].(string)
		if !ok {
			return errors.New("it does not name its schema")
		}
		return check(name, v)
	})
}

// CheckLines returns the faults of what senet access --batch --json prints: lines that name
// no schema, with an answer or an error each.
func CheckLines(text []byte) error {
	return each(text, func(v map[string]any) error {
		if (v["words"] == nil) == (v["error"] == nil) {
			return errors.New("a line has an answer or an error")
		}
		return check("senet.access-line/1", v)
	})
}

// each calls see for each value of a text, which must have one at least.
func each(text []byte, see func(v map[string]any) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for n := 1; ; n++ {
		var v map[string]any
		err := d.Decode(&v)
		if errors.Is(err, io.EOF) && n > 1 {
			return nil
		}
		if err == nil {
			err = see(v)
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
	}
}

// check holds a value against the schema of that name.
func check(name string, v map[string]any) error {
	s, err := compiled(name)
	if err != nil {
		return err
	}
	return s.Validate(v)
}

var (
	mu    sync.Mutex
	known = make(map[string]*jsonschema.Schema)
)

// compiled returns the schema of a document, made so strict that it refuses a field
// that it does not name.
func compiled(name string) (*jsonschema.Schema, error) {
	mu.Lock()
	defer mu.Unlock()
	if s := known[name]; s != nil {
		return s, nil
	}
	text, err := schema.Read(name)
	if err != nil {
		return nil, err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	strict(v)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, v); err != nil {
		return nil, err
	}
	known[name], err = c.Compile(name)
	return known[name], err
}

// strict closes every object that has properties.
func strict(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, part := range v {
			strict(part)
		}
	case []any:
		for _, part := range v {
			strict(part)
		}
	}
}
