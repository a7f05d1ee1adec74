package doc

import (
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/policytest"
)

// Tests is the document of senet test --json: schema senet.test/1.
type Tests struct {
	Schema string `json:"schema"`
	// Policy is the path of the policy, or "example"; "" where every state names its own.
	Policy string `json:"policy"`
	// Passed says whether all tests passed.
	Passed bool         `json:"passed"`
	Tests  []TestResult `json:"tests"`
	// Coverage has what the tests do not mention, with --coverage.
	Coverage *TestCoverage `json:"coverage,omitempty"`
}

// A TestResult is a test in one state.
type TestResult struct {
	Name string          `json:"name"`
	Kind policytest.Kind `json:"kind"`
	File string          `json:"file"`
	Line int             `json:"line"`
	// State is the name of the state, or its booleans, and its policy and host.
	State string `json:"state,omitempty"`
	// Passed says whether the policy is as expected.
	Passed bool `json:"passed"`
	// Error says why the test could not run.
	Error    string        `json:"error,omitempty"`
	Failures []TestFailure `json:"failures"`
}

// A TestFailure is one way in which a policy differs from the expectation.
type TestFailure struct {
	Domain string  `json:"domain"`
	Action string  `json:"action,omitempty"`
	Ports  PortSet `json:"ports,omitempty"`
	// Surplus says that the domain may but should not, else it should but may not.
	Surplus bool `json:"surplus"`
	// Depends says that the answer depends on a fact of the machine.
	Depends bool `json:"depends,omitempty"`
	// Mend is the smallest known change that corrects it for the first port, in words.
	Mend string `json:"mend,omitempty"`
	Text string `json:"text"`
	// From are the statements of modules that the rule comes from, with --modules.
	From []RuleOrigin `json:"from,omitempty"`
}

// TestCoverage has what no test mentions.
type TestCoverage struct {
	Domains      []string `json:"domains"`
	AllDomains   int      `json:"all_domains"`
	PortTypes    []string `json:"port_types"`
	AllPortTypes int      `json:"all_port_types"`
}

// TestsOf makes the document of what tests came to. c and modules may be nil.
func TestsOf(
	policyName string, list []policytest.Result, c *policytest.Coverage, modules *provenance.Finder,
) Tests {
	d := Tests{Schema: "senet.test/1", Policy: policyName, Passed: true, Tests: []TestResult{}}
	for i := range list {
		r := &list[i]
		t := TestResult{
			Name: r.Test.Name, Kind: r.Test.Kind, File: r.File, Line: r.Test.Line, State: r.State.Title(),
			Passed: r.Passed(), Failures: []TestFailure{},
		}
		d.Passed = d.Passed && t.Passed
		if r.Err != nil {
			t.Error = r.Err.Error()
		}
		texts := say.TestFailures(r, modules)
		for j := range r.Failures {
			f := &r.Failures[j]
			one := TestFailure{Domain: f.Domain, Surplus: f.Surplus, Depends: f.Depends, Text: texts[j]}
			if f.Do.Operation != "" {
				one.Action, one.Ports = string(f.Do.Operation), portSetOf(f.Ports)
			}
			if found := say.TestOrigins(r.Policy, f, modules); len(found) > 0 {
				one.From = RuleOriginsOf(found)
			}
			if f.Mend != nil {
				one.Mend = say.FixTitle(r.Policy, f.Mend)
			}
			t.Failures = append(t.Failures, one)
		}
		d.Tests = append(d.Tests, t)
	}
	if c != nil {
		d.Coverage = &TestCoverage{
			Domains: append([]string{}, c.Domains...), AllDomains: c.AllDomains,
			PortTypes: append([]string{}, c.PortTypes...), AllPortTypes: c.AllPortTypes,
		}
	}
	return d
}
