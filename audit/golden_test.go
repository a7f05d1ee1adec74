package audit_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/doc"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden reads every log of the corpus and compares the result with the JSON beside it. Each file has one form
// of record, and all are our own.
func TestGolden(t *testing.T) {
	options := audit.Options{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)}
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
			events, stats := audit.Parse(string(text), options)
			var list []doc.Event
			for _, e := range events {
				list = append(list, doc.EventOf(e))
			}
			got, err := json.MarshalIndent(struct {
				Events []doc.Event  `json:"events"`
				Stats  doc.LogStats `json:"stats"`
			}{list, doc.LogStatsOf(&stats)}, "", "  ")
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
