package modstore

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/contextfile"
)

// fileLine is the size of the pieces in which libsemanage reads lines (PATH_MAX less the NUL): it
// handles each piece separately.
const fileLine = 4095

// splitContexts separates the lines that are templates for homes from the others, as
// semanage_split_fc does: by words that they contain anywhere.
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

// checkContexts refuses a file_contexts that setfiles -c refuses: one with two labels for the same
// files.
func checkContexts(text []byte) error {
	type spec struct{ kind, label string }
	seen := make(map[string][]spec, bytes.Count(text, []byte{'\n'}))
	for line := range strings.Lines(string(text)) {
		path, kind, label, ok := contextfile.Fields(line)
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
