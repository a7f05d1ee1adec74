package incident_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestReports reads what people paste into trackers, mails and forums, as we wrote it down
// ourselves. The lines of a file that begin with "#= " are the right answers under Debian's policy,
// one for each finding; none of the others tells that.
func TestReports(t *testing.T) {
	files, err := filepath.Glob("testdata/reports/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no reports", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			text := string(b)
			for strings.HasPrefix(text, "#= ") {
				line, rest, _ := strings.Cut(text, "\n")
				want, text = append(want, line[len("#= "):]), rest
			}
			r := caseReport(t, text, incident.Options{})
			for i := range r.Findings {
				got = append(got, brief(&r.Findings[i]))
			}
			if !slices.Equal(got, want) {
				t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// brief writes a finding on a line: what it is, the verdict today, who was refused
// what, how often, and what is peculiar.
func brief(f *incident.Finding) string {
	port := func(protocol any, n uint16) string {
		if n == 0 {
			return ""
		}
		text := fmt.Sprint(protocol)
		if text == "" {
			text = "?"
		}
		return fmt.Sprintf(" %s/%d", text, n)
	}
	var text string
	if d := f.Symptom; d != nil {
		program := d.Program
		if program == "" {
			program = "?"
		}
		text = fmt.Sprintf("complaint %s %s %s%s", d.Verdict, program, d.Operation, port(d.Protocol, d.Port))
		switch {
		case d.File != nil:
			text += d.File.Operation + " file " + d.Path
		case d.Path != "":
			text += " unix " + d.Path
		}
		text += fmt.Sprintf(" x%d", f.Count)
		for _, gap := range d.Missing {
			text += " " + string(gap.Kind)
		}
		return text
	}
	d := f.Denial
	source, _, _ := strings.Cut(f.AVC.SContext[strings.Index(f.AVC.SContext, "_r:")+len("_r:"):], ":")
	text = fmt.Sprintf("denial %s %s %s%s x%d", d.Verdict, source, strings.Join(d.Permissions, ","), port(d.Protocol,
		d.Port), f.Count)
	if n := len(f.Complaints); n > 0 {
		text += fmt.Sprintf(" +%d", n)
	}
	if f.OnlyLogged > 0 {
		text += fmt.Sprintf(" logged %d", f.OnlyLogged)
	}
	if d.Call == "fastopen" {
		text += " fastopen"
	}
	return text
}
