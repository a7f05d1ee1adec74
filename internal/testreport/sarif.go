package testreport

import (
	"bytes"
	"encoding/json"
)

// A Place is something that is found at a line of a file.
type Place struct {
	// Rule names the kind of thing; Level is error, warning or note.
	Rule, Level string
	Text        string
	// URI is the file, relative to where the report is read, or file:///...
	URI  string
	Line int // 0 for the whole file
}

// SARIF is a report in the form of code hosting services, which show each place in the
// file (SARIF 2.1.0).
func SARIF(tool, version string, places []Place) string {
	type object = map[string]any
	results := []object{}
	rules := []object{}
	seen := map[string]bool{}
	for _, p := range places {
		if !seen[p.Rule] {
			seen[p.Rule] = true
			rules = append(rules, object{"id": p.Rule})
		}
		location := object{"artifactLocation": object{"uri": p.URI}}
		if p.Line > 0 {
			location["region"] = object{"startLine": p.Line}
		}
		results = append(results, object{
			"ruleId": p.Rule, "level": p.Level, "message": object{"text": oneLine(p.Text)},
			"locations": []object{{"physicalLocation": location}},
		})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	_ = e.Encode(object{ // of strings and numbers alone
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{
			"tool":    object{"driver": object{"name": tool, "version": version, "rules": rules}},
			"results": results,
		}},
	})
	return b.String()
}
