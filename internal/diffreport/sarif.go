package diffreport

import (
	"encoding/json"
	"net/url"

	"github.com/senet-selinux/senet/internal/version"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydiff"
)

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
	ID      string       `json:"id"`
	Short   sarifMessage `json:"shortDescription"`
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
	Prints    map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

// SARIF writes a report as a log of SARIF 2.1.0. Every result has a place, for those who
// take no other: the policy after.
func SARIF(after string, r *policydiff.Report) []byte {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "senet", Version: version.Get().Version}
	list := findings(r)
	for i, kind := range rules() {
		rule := sarifRule{ID: kind.id, Short: sarifMessage{kind.title}}
		rule.Default.Level = kind.level
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		for _, f := range list {
			if f.rule != kind.id {
				continue
			}
			text := words.Safe(f.text)
			result := sarifResult{
				RuleID: kind.id, RuleIndex: i, Level: kind.level, Message: sarifMessage{text},
				Prints: map[string]string{"senet/1": kind.id + " " + text},
			}
			var place sarifLocation
			place.Physical.Artifact.URI = (&url.URL{Path: after}).String()
			place.Physical.Region.StartLine = 1
			result.Locations = []sarifLocation{place}
			run.Results = append(run.Results, result)
		}
	}
	out, err := json.MarshalIndent(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, "", "  ")
	if err != nil {
		panic(err) // strings and numbers
	}
	return append(out, '\n')
}
