package testenv

import (
	"os"
	"strings"
	"testing"
)

// Interpreter returns the Python that a script of SETools names in its first line: another
// one on PATH may lack the library.
func Interpreter(t testing.TB, script string) string {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	words := strings.Fields(strings.TrimPrefix(first, "#!"))
	if !strings.HasPrefix(first, "#!") || len(words) != 1 {
		Missing(t, script+" is not the Python script of SETools")
	}
	return words[0]
}
