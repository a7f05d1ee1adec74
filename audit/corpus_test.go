package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// goldenOptions are those under which the golden files were written.
var goldenOptions = Options{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}

// forEachLog calls f with the name and the text of every log of the corpus.
func forEachLog(t *testing.T, f func(name, text string)) {
	logs, err := filepath.Glob("testdata/corpus/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f(strings.TrimSuffix(filepath.Base(path), ".log"), string(text))
	}
}
