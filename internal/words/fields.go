package words

import "strings"

// Fields is a Stream for output that a program splits at lines and tabs: it keeps tabs, and escapes
// all other invisible characters.
type Fields struct{ *Stream }

// Write writes text, which must end with a whole character.
func (f Fields) Write(b []byte) (int, error) {
	parts := strings.Split(string(b), "\t")
	for i, p := range parts {
		parts[i] = safeLines(p)
	}
	if err := Data(f.Stream, []byte(strings.Join(parts, "\t"))); err != nil {
		return 0, err
	}
	return len(b), nil
}
