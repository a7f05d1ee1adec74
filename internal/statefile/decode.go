package statefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxSize is how many bytes a file may have.
const MaxSize = 1 << 20

// maxRecords bounds what a file may name: far more than any policy has, and no
// more than aliases of YAML could make of a small file.
const maxRecords = 100_000

// Read reads a file. name is for errors, which say where.
func Read(name string, r io.Reader) (*State, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", name, ErrInvalid, MaxSize)
	}
	s := &State{}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		err = decodeJSON(text, s)
	} else {
		err = decodeYAML(text, s)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if n := len(s.Ports) + len(s.Booleans) + len(s.Nodes) + len(s.Interfaces); n > maxRecords {
		return nil, fmt.Errorf("%s: %w: more than %d records", name, ErrInvalid, maxRecords)
	}
	return s, nil
}

func decodeJSON(text []byte, s *State) error {
	if err := checkJSON(text); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(s)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%w: line %d: more after the end", ErrInvalid, lineAt(text, d.InputOffset()))
	}
	offset := d.InputOffset()
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset = int64(len(text))
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	}
	what := strings.TrimPrefix(err.Error(), "json: ")
	if typ != nil {
		what = fmt.Sprintf("%s: a %s is not what is expected", typ.Field, typ.Value)
	}
	return fmt.Errorf("%w: line %d: %s", ErrInvalid, lineAt(text, offset), what)
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int64(len(text)), max(0, offset))], []byte("\n"))
}

func decodeYAML(text []byte, s *State) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	err := d.Decode(s)
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: nothing in it", ErrInvalid)
	case err != nil:
		return invalidYAML(err)
	}
	var more yaml.Node
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: line %d: more than one document", ErrInvalid, more.Line)
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return invalidYAML(err)
	}
	if err := checkYAML(&tree); err != nil {
		return err
	}
	setLines(s.Ports, linesOf(&tree, "ports"), func(p *Port) *int { return &p.Line })
	setLines(s.Nodes, linesOf(&tree, "nodes"), func(n *Node) *int { return &n.Line })
	setLines(s.Interfaces, linesOf(&tree, "interfaces"), func(i *Interface) *int { return &i.Line })
	return nil
}

// setLines notes where the elements of a list are; one that has null elements
// decodes to fewer than it has lines.
func setLines[T any](list []T, lines []int, line func(*T) *int) {
	for i := range list {
		if len(lines) == len(list) {
			*line(&list[i]) = lines[i]
		}
	}
}

// invalidYAML puts what package yaml says into one line.
func invalidYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text, _, _ = strings.Cut(text, "\n")
	if before, _, found := strings.Cut(text, " not found in type "); found {
		text = before + " is not known"
	}
	if where, what, found := strings.Cut(text, ": cannot unmarshal "); found {
		text = where + ": " + mistyped(what)
	}
	return fmt.Errorf("%w: %s", ErrInvalid, text)
}

// linesOf returns the lines of the elements of a list at the top.
func linesOf(tree *yaml.Node, key string) []int {
	if len(tree.Content) == 0 {
		return nil
	}
	top := resolved(tree.Content[0])
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value != key {
			continue
		}
		var lines []int
		for _, n := range resolved(top.Content[i+1]).Content {
			lines = append(lines, n.Line)
		}
		return lines
	}
	return nil
}

func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
