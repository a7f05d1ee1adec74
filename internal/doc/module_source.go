package doc

import "github.com/senet-selinux/senet/internal/modsource"

// ModuleNew is the document of senet module new --json: schema senet.module/1.
type ModuleNew struct {
	Schema string `json:"schema"`
	Action string `json:"action"`
	Module string `json:"module"`
	// Files are the files that were written; without any, Sources has them, by their names.
	Files   []string          `json:"files"`
	Sources map[string]string `json:"sources,omitempty"`
	// Notes say what is allowed already, and what comes with it.
	Notes []string `json:"notes"`
}

// ModuleNewOf returns the document of written sources.
func ModuleNewOf(f *modsource.Files, names []string) ModuleNew {
	out := ModuleNew{Schema: moduleSchema, Action: "new", Module: f.Name, Files: OrEmpty(names),
		Notes: OrEmpty(f.Notes)}
	if len(names) == 0 {
		out.Sources = map[string]string{}
		for _, one := range f.List() {
			out.Sources[one.Name] = one.Text
		}
	}
	return out
}

// ModuleLint is the document of senet module lint --json: schema senet.module/1.
type ModuleLint struct {
	Schema   string          `json:"schema"`
	Action   string          `json:"action"`
	Policy   string          `json:"policy"`
	Findings []SourceFinding `json:"findings"`
}

// A SourceFinding is something wrong with the source of a module.
type SourceFinding struct {
	File     string             `json:"file"`
	Line     int                `json:"line"`
	Severity modsource.Severity `json:"severity"`
	// Code does not change; for what SELint finds too it is SELint's.
	Code string   `json:"code"`
	Text string   `json:"text"`
	Near []string `json:"near,omitempty"` // names that may be meant
}

// ModuleLintOf returns the document of findings.
func ModuleLintOf(policy string, found []modsource.Finding) ModuleLint {
	out := ModuleLint{Schema: moduleSchema, Action: "lint", Policy: policy, Findings: []SourceFinding{}}
	for i := range found {
		out.Findings = append(out.Findings, SourceFinding(found[i]))
	}
	return out
}
