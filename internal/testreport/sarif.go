package testreport

import (
	"encoding/json"
	"net/url"
	"path/filepath"
)

// A Rule is a kind of thing that a report in SARIF finds.
type Rule struct {
	ID    string
	Title string // one line, "" for none
	Level string // error, warning or note
}

// A Place is something that is found at a line of a file.
type Place struct {
	// Rule is the ID of its kind; Level is error, warning or note.
	Rule, Level string
	Text        string
	// URI is the file, relative to where the report is read, or file:///...
	URI  string
	Line int // 0 for the whole file
	// Related are other places for the same finding.
	Related []Related
}

// Related is another place of a finding, with a text that says why.
type Related struct {
	URI  string
	Line int // 0 for the whole file
	Text string
}

// URI returns the URI of a file: a relative one if the file is named by a relative path below the
// working directory, else an absolute one.
func URI(file string) string {
	if file = filepath.Clean(file); !filepath.IsLocal(file) {
		if whole, err := filepath.Abs(file); err == nil {
			return (&url.URL{Scheme: "file", Path: filepath.ToSlash(whole)}).String()
		}
	}
	return (&url.URL{Path: filepath.ToSlash(file)}).String()
}

// The parts of SARIF 2.1.0 that are written: https://docs.oasis-open.org/sarif/sarif/v2.1.0.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string        `json:"id"`
	Short   *sarifMessage `json:"shortDescription,omitempty"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string            `json:"ruleId"`
	RuleIndex int               `json:"ruleIndex"`
	Level     string            `json:"level"`
	Message   sarifMessage      `json:"message"`
	Locations []sarifLocation   `json:"locations"`
	Related   []sarifLocation   `json:"relatedLocations,omitempty"`
	Prints    map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	} `json:"physicalLocation"`
	Message *sarifMessage `json:"message,omitempty"`
}

func locationOf(uri string, line int) (l sarifLocation) {
	l.Physical.Artifact.URI = uri
	if line > 0 {
		l.Physical.Region = &sarifRegion{line}
	}
	return l
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

// SARIF is a report in the form of code hosting services, which show each place in the
// file (SARIF 2.1.0). The rule of each place is one of rules. Two reports find the same
// thing where its rule and its text are the same, on whatever line.
func SARIF(tool, version string, rules []Rule, places []Place) []byte {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: tool, Version: version, Rules: []sarifRule{}}
	index := make(map[string]int, len(rules))
	for i, r := range rules {
		rule := sarifRule{ID: r.ID}
		if r.Title != "" {
			rule.Short = &sarifMessage{r.Title}
		}
		rule.Default.Level = r.Level
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		index[r.ID] = i
	}
	for _, p := range places {
		text := oneLine(p.Text)
		result := sarifResult{
			RuleID: p.Rule, RuleIndex: index[p.Rule], Level: p.Level, Message: sarifMessage{text},
			Locations: []sarifLocation{locationOf(p.URI, p.Line)},
			Prints:    map[string]string{tool + "/1": p.Rule + " " + text},
		}
		for _, r := range p.Related {
			at := locationOf(r.URI, r.Line)
			at.Message = &sarifMessage{oneLine(r.Text)}
			result.Related = append(result.Related, at)
		}
		run.Results = append(run.Results, result)
	}
	out, err := json.MarshalIndent(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, "", "  ")
	if err != nil {
		panic(err) // strings and numbers
	}
	return append(out, '\n')
}
