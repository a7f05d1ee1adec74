package audit

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// goldenOptions are those under which the golden files were written.
var goldenOptions = Options{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}

// TestGolden reads every log of the corpus, which has one record form a file
// and is all our own, and compares what comes out with the JSON beside it.
func TestGolden(t *testing.T) {
	logs, err := filepath.Glob("testdata/corpus/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, name := range logs {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".log"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			events, stats := Parse(string(text), goldenOptions)
			got, err := json.MarshalIndent(struct {
				Events []*Event `json:"events"`
				Stats  Stats    `json:"stats"`
			}{events, stats}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			if *update {
				if err := os.WriteFile(name+".golden", got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(name + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

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
