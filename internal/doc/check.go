package doc

import "github.com/senet-selinux/senet/semanage"

// StoreCheck is the document of senet store check --json: schema
// senet.store-check/1.
type StoreCheck struct {
	Schema   string    `json:"schema"`
	Store    string    `json:"store"`
	Dir      string    `json:"directory"`
	Sound    bool      `json:"sound"`
	Findings []Finding `json:"findings"`
}

// A Finding is a fault of a store.
type Finding struct {
	Code semanage.FindingCode `json:"code"`
	Path string               `json:"path,omitempty"`
	Text string               `json:"text"`
}

// StoreCheckOf returns the document of the faults of a store.
func StoreCheckOf(s *semanage.Store, findings []semanage.Finding) StoreCheck {
	out := StoreCheck{Schema: "senet.store-check/1", Store: s.Name(), Dir: s.Dir(), Sound: len(findings) == 0,
		Findings: []Finding{}}
	for _, f := range findings {
		out.Findings = append(out.Findings, Finding{Code: f.Code, Path: f.Path, Text: f.Err.Error()})
	}
	return out
}
