package doc_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A node is a schema, or a part of one.
type node struct {
	Schema      string           `json:"$schema,omitempty"`
	Title       string           `json:"title,omitempty"`
	Description string           `json:"description,omitempty"`
	Ref         string           `json:"$ref,omitempty"`
	Type        string           `json:"type,omitempty"`
	Const       string           `json:"const,omitempty"`
	Enum        []string         `json:"enum,omitempty"`
	Format      string           `json:"format,omitempty"`
	Minimum     *int64           `json:"minimum,omitempty"`
	Maximum     *int64           `json:"maximum,omitempty"`
	Items       *node            `json:"items,omitempty"`
	Properties  properties       `json:"properties,omitempty"`
	Required    []string         `json:"required,omitempty"`
	Others      *node            `json:"additionalProperties,omitempty"`
	AnyOf       []*node          `json:"anyOf,omitempty"`
	Defs        map[string]*node `json:"$defs,omitempty"`
}

// properties keep the order in which the fields stand in their type.
type properties []property

type property struct {
	name   string
	schema *node
}

func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, x := range p {
		text, err := json.Marshal(x.schema)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], x.name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A generator makes schemas of types.
type generator struct {
	t        *testing.T
	comments *comments
	defs     map[string]*node
}

func newGenerator(t *testing.T, c *comments) *generator {
	return &generator{t: t, comments: c, defs: make(map[string]*node)}
}

// document returns the schema of a document.
func (g *generator) document(name string, types []any) ([]byte, error) {
	root := &node{}
	for _, v := range types {
		root.AnyOf = append(root.AnyOf, g.object(reflect.TypeOf(v)))
	}
	for _, alternative := range root.AnyOf {
		for _, p := range alternative.Properties {
			if p.name == "schema" {
				p.schema.Const = name
			}
		}
	}
	if len(root.AnyOf) == 1 {
		root = root.AnyOf[0]
	}
	root.Schema, root.Title, root.Defs = "https://json-schema.org/draft/2020-12/schema", name, g.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(root)
	return b.Bytes(), err
}

var (
	timeType = reflect.TypeFor[time.Time]()
	textType = reflect.TypeFor[encoding.TextMarshaler]()
	jsonType = reflect.TypeFor[json.Marshaler]()
)

// schema returns the schema of a type, as encoding/json writes its values.
func (g *generator) schema(t reflect.Type) *node {
	switch {
	case t == timeType:
		return &node{Type: "string", Format: "date-time"}
	case t.Implements(textType):
		return &node{Type: "string"}
	case t.Implements(jsonType):
		g.t.Fatalf("%s writes its own JSON, of which the generator knows nothing", t)
	}
	switch t.Kind() {
	case reflect.String:
		return &node{Type: "string", Enum: g.comments.values(t)}
	case reflect.Bool:
		return &node{Type: "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &node{Type: "integer"}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return &node{Type: "integer", Minimum: new(int64), Maximum: pointer(int64(1)<<t.Bits() - 1)}
	case reflect.Uint, reflect.Uint64:
		return &node{Type: "integer", Minimum: new(int64)}
	case reflect.Float64:
		return &node{Type: "number"}
	case reflect.Slice, reflect.Array:
		return &node{Type: "array", Items: g.schema(t.Elem())}
	case reflect.Map:
		return &node{Type: "object", Others: g.schema(t.Elem())}
	case reflect.Pointer:
		return g.schema(t.Elem())
	case reflect.Struct:
		return g.named(t)
	}
	g.t.Fatalf("the generator knows no %s", t)
	return nil
}

// named returns a reference to a struct's schema.
func (g *generator) named(t reflect.Type) *node {
	name := t.String()
	if g.defs[name] == nil {
		g.defs[name] = &node{} // it may hold itself
		*g.defs[name] = *g.object(t)
	}
	return &node{Ref: "#/$defs/" + name}
}

// object returns the schema of a struct, that of embedded structs among it.
func (g *generator) object(t reflect.Type) *node {
	n := &node{Type: "object", Description: g.comments.ofType(t)}
	g.fields(n, t)
	return n
}

func (g *generator) fields(n *node, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && !tagged:
			g.fields(n, f.Type)
			continue
		case name == "":
			name = f.Name
		}
		schema := g.schema(f.Type)
		omitted := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		if f.Type.Kind() == reflect.Pointer && !omitted {
			schema = &node{AnyOf: []*node{schema, {Type: "null"}}}
		}
		schema.Description = g.comments.ofField(t, f.Name)
		n.Properties = append(n.Properties, property{name, schema})
		if !omitted {
			n.Required = append(n.Required, name)
		}
	}
}

func pointer[T any](v T) *T { return &v }
