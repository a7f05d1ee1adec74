package statefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxSize is the size limit of a file in bytes: it may have the texts of modules.
const MaxSize = 16 << 20

// maxRecords bounds the records of a file: far more than any policy has.
const maxRecords = 100_000

// Read reads a file. name is the name of the file for errors.
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
	if s.Schema != "" && s.Schema != Schema {
		return nil, fmt.Errorf("%s: %w: its schema is %.40q, not %q", name, ErrInvalid, s.Schema, Schema)
	}
	n := len(s.Ports) + len(s.Booleans) + len(s.Nodes) + len(s.Interfaces)
	if n += len(s.Users) + len(s.Logins) + len(s.FileContexts) + len(s.Equivalences) + len(s.Modules) +
		len(s.Permissive); n > maxRecords {
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
		return fmt.Errorf("%w: line %d: text after the end", ErrInvalid, lineAt(text, d.InputOffset()))
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
		what = fmt.Sprintf("%s: a %s is not allowed here", typ.Field, typ.Value)
	}
	return fmt.Errorf("%w: line %d: %s", ErrInvalid, lineAt(text, offset), what)
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int64(len(text)), max(0, offset))], []byte("\n"))
}
