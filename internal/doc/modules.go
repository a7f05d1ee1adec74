package doc

import (
	"encoding/base64"
	"unicode/utf8"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/modstore"
)

const moduleSchema = "senet.module/1"

// ModuleList is the document of senet module list --json: schema senet.module/1.
type ModuleList struct {
	Schema  string        `json:"schema"`
	Action  string        `json:"action"`
	Store   string        `json:"store"`
	Modules []StoreModule `json:"modules"`
}

// StoreModule is one module of a store.
type StoreModule struct {
	Name     string `json:"name"`
	Priority int    `json:"priority"`
	Language string `json:"language"`
	// Disabled says that no module of the name is part of the policy, Active that this module is.
	Disabled bool `json:"disabled"`
	Active   bool `json:"active"`
}

// ModuleChange is the document of a change of modules with --json: schema senet.module/1.
type ModuleChange struct {
	Schema string `json:"schema"`
	Action string `json:"action"`
	Store  string `json:"store"`
	// Status is done, nothing (to do) or pending.
	Status string `json:"status"`
	// Host has the facts of the machine for the effects.
	Host    *host.Facts `json:"host,omitempty"`
	Modules []string    `json:"modules"` // the names on the command line
	Effects []Effect    `json:"effects"`
	Gain    int         `json:"domains_that_gain"`
	Lose    int         `json:"domains_that_lose"`
	// Rules is the change of the number of rules, Obsolete are the local booleans that are removed.
	Rules    int      `json:"rules"`
	Obsolete []string `json:"obsolete_booleans"`
	Notes    []string `json:"notes"`
	// Transaction is the number of the store's last transaction.
	Transaction int    `json:"transaction"`
	Loaded      bool   `json:"loaded"`
	Next        string `json:"next,omitempty"`
}

// ModuleBuild is the document of senet module build --json: schema senet.module/1.
type ModuleBuild struct {
	Schema string `json:"schema"`
	Action string `json:"action"`
	// Module and Version are the name and version in the source, "" if it does not compile.
	Module  string `json:"module"`
	Version string `json:"version"`
	// Output is the file that was written.
	Output string `json:"output"`
	// Errors are the errors in the source, and MoreErrors counts those beyond the first few
	// hundred; Warnings are probable mistakes.
	Errors     []SourceError `json:"errors"`
	MoreErrors int           `json:"more_errors"`
	Warnings   []SourceError `json:"warnings"`
}

// ModuleBuildOf returns the document of a compiled source.
func ModuleBuildOf(module, version, output string, warnings []*compile.Diagnostic) ModuleBuild {
	return ModuleBuild{Schema: moduleSchema, Action: "build", Module: module, Version: version, Output: output,
		Errors: []SourceError{}, Warnings: sourceErrors(warnings)}
}

// ModuleBuildErrorsOf returns the document of a source that does not compile.
func ModuleBuildErrorsOf(e *compile.Errors) ModuleBuild {
	return ModuleBuild{Schema: moduleSchema, Action: "build", Errors: sourceErrors(e.List), MoreErrors: e.More,
		Warnings: []SourceError{}}
}

// ModuleExtract is the document of senet module extract --json: schema senet.module/1.
type ModuleExtract struct {
	Schema   string `json:"schema"`
	Action   string `json:"action"`
	Store    string `json:"store"`
	Module   string `json:"module"`
	Priority int    `json:"priority"`
	Language string `json:"language"`
	// Output is the file that was written. Without one, Text has the module or, if it is a binary
	// package, Base64.
	Output string `json:"output"`
	Text   string `json:"text"`
	Base64 string `json:"base64"`
}

// ModuleExtractOf returns the document of a module that was written to a file, or that is text.
func ModuleExtractOf(store string, m modstore.Module, output string, text []byte) ModuleExtract {
	out := ModuleExtract{Schema: moduleSchema, Action: "extract", Store: store, Module: m.Name, Priority: m.Priority,
		Language: m.Lang, Output: output}
	switch {
	case output != "":
	case utf8.Valid(text):
		out.Text = string(text)
	default:
		out.Base64 = base64.StdEncoding.EncodeToString(text)
	}
	return out
}

// ModuleListOf returns the document of a list of modules.
func ModuleListOf(store string, list []modstore.Module) ModuleList {
	out := ModuleList{Schema: moduleSchema, Action: "list", Store: store, Modules: []StoreModule{}}
	seen := map[string]bool{}
	for _, m := range list {
		one := StoreModule{Name: m.Name, Priority: m.Priority, Language: m.Lang, Disabled: m.Disabled}
		one.Active = !m.Disabled && !seen[m.Name]
		seen[m.Name] = true
		out.Modules = append(out.Modules, one)
	}
	return out
}

// ModuleChangeOf returns the document of a proposed change of modules or, with done, of one that
// was made.
func ModuleChangeOf(action, store string, names []string, p *change.ModuleProposal, done *change.Done) ModuleChange {
	out := ModuleChange{
		Schema: moduleSchema, Action: action, Store: store, Status: "pending", Modules: OrEmpty(names),
		Effects: EffectsOf(p.Effects), Gain: impact.Gainers(p.Effects), Lose: impact.Losers(p.Effects),
		Obsolete: []string{}, Notes: OrEmpty(p.Said), Transaction: p.Number,
	}
	for _, name := range p.Obsolete {
		out.Obsolete = append(out.Obsolete, string(name))
	}
	if p.Comparison != nil {
		facts := p.Comparison.Facts.Summary()
		out.Host, out.Rules = &facts, p.Rules()
	}
	if done != nil {
		out.Status, out.Transaction, out.Loaded = "done", done.Entry.ID, done.Loaded
	}
	return out
}
