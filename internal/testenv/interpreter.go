package testenv

import (
	"os"
	"strings"
	"testing"
)

// Interpreter returns the Python that a script of SETools or Ansible names in its first line:
// another one on PATH may lack the library.
func Interpreter(t testing.TB, script string) string {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	words := strings.Fields(strings.TrimPrefix(first, "#!"))
	if !strings.HasPrefix(first, "#!") || len(words) != 1 {
		Missing(t, script+" does not name its Python in its first line")
	}
	return words[0]
}
