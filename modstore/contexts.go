package modstore

import (
	"bytes"
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// fileLine is the size of the pieces in which libsemanage reads lines (PATH_MAX less
// the NUL): each is looked at by itself.
const fileLine = 4095

// splitContexts separates the lines that are templates for homes from the others, as
// semanage_split_fc does: by what they contain anywhere.
func splitContexts(text []byte) (contexts, template []byte) {
	contexts = make([]byte, 0, len(text))
	for len(text) > 0 {
		n := bytes.IndexByte(text[:min(len(text), fileLine)], '\n') + 1
		if n == 0 {
			n = min(len(text), fileLine)
		}
		line := text[:n]
		text = text[n:]
		if isTemplate(line) {
			template = append(template, line...)
		} else {
			contexts = append(contexts, line...)
		}
	}
	return contexts, template
}

func isTemplate(line []byte) bool {
	return bytes.HasPrefix(line, []byte("HOME_DIR")) || bytes.HasPrefix(line, []byte("HOME_ROOT")) ||
		bytes.Contains(line, []byte("ROLE")) || bytes.Contains(line, []byte("USER"))
}

// checkContexts refuses what setfiles -c does of a file_contexts: two labels for the
// same files.
func checkContexts(text []byte) error {
	type spec struct{ kind, label string }
	seen := make(map[string][]spec, bytes.Count(text, []byte{'\n'}))
	for line := range strings.Lines(string(text)) {
		path, kind, label, ok := contextFields(line)
		if !ok {
			continue
		}
		for _, other := range seen[path] {
			if other.kind != "" && kind != "" && other.kind != kind {
				continue
			}
			if other.label != label {
				return fmt.Errorf("%w: %s is labelled twice, %s and %s", ErrContexts, path, other.label, label)
			}
			return fmt.Errorf("%w: %s is labelled twice", ErrContexts, path)
		}
		seen[path] = append(seen[path], spec{kind, label})
	}
	return nil
}

// contextFields cuts a line into its regular expression, kind and label.
func contextFields(line string) (path, kind, label string, ok bool) {
	fields := strings.Fields(line)
	switch {
	case len(fields) == 0 || fields[0][0] == '#':
		return "", "", "", false
	case len(fields) == 2:
		return fields[0], "", fields[1], true
	case len(fields) == 3:
		return fields[0], fields[1], fields[2], true
	}
	return "", "", "", false
}

// checkExpressions refuses regular expressions that no dialect takes, where the
// program that compiles them is not there to say so.
func checkExpressions(text []byte) error {
	for line := range strings.Lines(string(text)) {
		path, _, _, ok := contextFields(line)
		if !ok {
			continue
		}
		_, err := syntax.Parse(path, syntax.Perl)
		var wrong *syntax.Error
		if !errors.As(err, &wrong) {
			continue
		}
		switch wrong.Code {
		case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrTrailingBackslash,
			syntax.ErrMissingRepeatArgument:
			return fmt.Errorf("%w: %s: %w", ErrContexts, path, err)
		}
	}
	return nil
}
