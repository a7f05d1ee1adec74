package senet_test

import (
	"os"
	"strings"
	"testing"
)

// TestREADME: README's program is the example of Can, which is run: its lines stand
// there in the same order.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(readme), "```go\n")
	block, _, closed := strings.Cut(block, "```")
	if !found || !closed {
		t.Fatal("README.md has no program")
	}
	_, rest, _ := strings.Cut(string(example), "func ExampleSession_Can() {\n")
	rest, _, _ = strings.Cut(rest, "\n}\n")
	for line := range strings.Lines(block) {
		_, after, ok := strings.Cut(rest, strings.TrimSpace(line))
		if !ok {
			t.Fatalf("the example lacks: %s", line)
		}
		rest = after
	}
}
