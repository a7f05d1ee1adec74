package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policytest"
)

// mostFailures bounds the failures of one test that are listed, unless all are wanted.
const mostFailures = 20

// Tests adds the tests that failed, each with the differences from its expectation; with all also
// those that passed. modules may be nil.
func Tests(b *words.Page, list []policytest.Result, all bool, modules *provenance.Finder) {
	failed := 0
	for i := range list {
		r := &list[i]
		if r.Passed() {
			if all {
				b.Printf("ok    %s\n", words.Wrap(TestTitle(r), 6))
			}
			continue
		}
		failed++
		b.Printf("FAIL  %s\n", words.Wrap(words.Sprintf("%s (%s:%d)", TestTitle(r), r.File, r.Test.Line), 6))
		lines := joined(r, TestFailures(r, modules))
		if rest := len(lines) - mostFailures; rest > 0 && !all {
			lines = append(lines[:mostFailures:mostFailures], "and "+Number(rest)+" more")
		}
		for _, line := range lines {
			b.Printf("      %s\n", words.Wrap(line, 8))
		}
		if unchecked(r) {
			b.Printf("      %s\n", words.Wrap("the kernel asks for no permission on port 0, nor on the ports that it "+
				"gives out itself (ip_local_port_range): such a test needs them among its ports", 8))
		}
	}
	b.Printf("all   %s: %s passed, %s failed\n", Plural(len(list), "test"), Number(len(list)-failed), Number(failed))
}

// joined joins the lines of domains that differ in nothing else.
func joined(r *policytest.Result, lines []string) []string {
	names := make(map[string][]string)
	tail := func(i int) string {
		if len(r.Failures) != len(lines) || r.Failures[i].Domain == "" {
			return ""
		}
		rest, ok := strings.CutPrefix(lines[i], r.Failures[i].Domain+" may ")
		if !ok {
			return ""
		}
		return " may " + rest
	}
	for i := range lines {
		if text := tail(i); text != "" {
			names[text] = append(names[text], r.Failures[i].Domain)
		}
	}
	var out []string
	for i, line := range lines {
		switch text := tail(i); {
		case text == "":
			out = append(out, line)
		case names[text][0] == r.Failures[i].Domain:
			out = append(out, someNames(names[text])+text)
		}
	}
	return out
}

// unchecked reports whether a test of the ports that a domain may bind fails by those that the kernel does not check.
func unchecked(r *policytest.Result) bool {
	for i := range r.Failures {
		f := &r.Failures[i]
		if r.Test.Kind == policytest.Exactly && f.Surplus && f.Do.Operation == network.Bind && f.Ports.Contains(0) {
			return true
		}
	}
	return false
}

// TestTitle is the name of a test, with the state that it was made in.
func TestTitle(r *policytest.Result) string {
	if state := r.State.Title(); state != "" {
		return r.Test.Name + ", " + state
	}
	return r.Test.Name
}

// TestFailures lists the differences from a test's expectation, one a line, each with the
// first statement that its rule comes from. modules may be nil.
func TestFailures(r *policytest.Result, modules *provenance.Finder) []string {
	if r.Err != nil {
		return []string{r.Err.Error()}
	}
	lines := make([]string, len(r.Failures))
	for i := range r.Failures {
		f := &r.Failures[i]
		lines[i] = testFailure(r.Policy, f)
		if found := TestOrigins(r.Policy, f, modules); len(found) > 0 {
			lines[i] += ", in " + found[0].String()
		}
		if x := f.Mend; x != nil {
			lines[i] += "; " + correctedFor(f) + "corrected by: " + FixTitle(r.Policy, x)
		}
	}
	return lines
}

// TestOrigins are the statements of modules that the rule of a failure comes from. modules
// may be nil.
func TestOrigins(p *policy.Policy, f *policytest.Failure, modules *provenance.Finder) []provenance.Statement {
	rule, perms, ok := ruleBehind(p, f)
	if modules == nil || !ok {
		return nil
	}
	return modules.Find(provenance.Of(p, rule, perms))
}

// ruleBehind is the rule by which a policy grants what a test does not expect.
func ruleBehind(p *policy.Policy, f *policytest.Failure) (rule policy.Rule, perms policy.AccessVector, ok bool) {
	switch {
	case f.Violation != nil:
		return f.Violation.Rule, f.Violation.Perms, true
	case f.Surplus:
		return granting(p, f.Check)
	}
	return rule, 0, false
}

// correctedFor says which of several ports a change corrects.
func correctedFor(f *policytest.Failure) string {
	if f.Ports.Len() > 1 {
		return words.Sprintf("%s/%d is ", f.Do.Target.Protocol, f.Port)
	}
	return ""
}

func testFailure(p *policy.Policy, f *policytest.Failure) string {
	switch {
	case f.Unseen != "":
		return "no such rule has the " + f.Unseen + " " + f.Domain
	case f.Role != "":
		return "allow " + f.Domain + " " + f.Role + "; is not expected"
	case f.Program:
		v := f.Violation
		return f.Domain + " is executed, and " + p.TypeName(v.Source) + " may write it: " + Rule(p, v.Rule, v.Perms)
	case f.Module:
		v := f.Violation
		return f.Domain + " is loaded into the kernel, and " + p.TypeName(v.Source) + " may write it: " +
			Rule(p, v.Rule, v.Perms)
	case f.Violation != nil:
		v := f.Violation
		text := Rule(p, v.Rule, v.Perms) + " grants it"
		if v.Rule.Source != v.Source || v.Rule.Target != v.Target {
			text += " to " + p.TypeName(v.Source) + " on " + p.TypeName(v.Target)
		}
		if v.Plain {
			text += ", and no rule excludes the commands"
		}
		return text
	case f.Members != nil:
		return f.Domain + " has " + Plural(len(f.Members), "type") + ": " + someNames(f.Members)
	}
	ports := string(f.Do.Target.Protocol) + "/" + SomePorts(f.Ports)
	action := Action(f.Do.Operation)
	switch {
	case f.Depends:
		return f.Domain + ": whether it may " + action + " " + ports + " depends on an unknown fact of the machine"
	case !f.Surplus && f.Answer != nil:
		text := f.Domain + " may not " + action + " " + ports
		if denied := f.Answer.FirstDenied(); denied != nil {
			text += ": " + Lacks(p, denied)
		}
		return text
	}
	text := f.Domain + " may " + action + " " + ports
	if rule := by(p, f.Check); rule != "" {
		if f.Ports.Len() > 1 {
			text += words.Sprintf(": %s/%d", f.Do.Target.Protocol, f.Port)
		}
		text += rule
	} else if id, ok := p.Type(f.Domain); ok && p.IsPermissive(id) {
		text += ", for it is permissive"
	}
	return text
}

// Lacks names the permission that a layer denies.
func Lacks(p *policy.Policy, l *network.LayerAnswer) string {
	return "no " + p.TypeName(policy.TypeID(l.SourceContext.Type)) + " " +
		p.TypeName(policy.TypeID(l.TargetContext.Type)) + ":" + l.Class + " " + l.Perm
}

// by names the rule that grants a check.
func by(p *policy.Policy, l *network.LayerAnswer) string {
	rule, perm, ok := granting(p, l)
	if !ok {
		return ""
	}
	return " by " + Rule(p, rule, perm)
}

// granting is the first rule that grants a check.
func granting(p *policy.Policy, l *network.LayerAnswer) (rule policy.Rule, perm policy.AccessVector, ok bool) {
	if l == nil || len(l.Check.Reason.Rules) == 0 {
		return rule, 0, false
	}
	class, _ := p.Class(l.Class)
	perm, _ = p.Perm(class, l.Perm)
	return l.Check.Reason.Rules[0], perm, true
}

// someNames lists a few names.
func someNames(names []string) string {
	const most = 8
	text := strings.Join(names[:min(most, len(names))], ", ")
	if rest := len(names) - most; rest > 0 {
		text += " and " + Number(rest) + " more"
	}
	return text
}

// Coverage adds what the tests do not mention.
func Coverage(b *words.Page, c *policytest.Coverage) {
	for _, part := range []struct {
		what  string
		names []string
		all   int
	}{{"domains", c.Domains, c.AllDomains}, {"port types", c.PortTypes, c.AllPortTypes}} {
		b.Printf("%s of %s %s have no test\n", Number(len(part.names)), Number(part.all), part.what)
		if len(part.names) > 0 {
			b.Printf("      %s\n", words.Wrap(strings.Join(part.names, ", "), 6))
		}
	}
}

// TestCases are the tests for a report of cases. modules may be nil.
func TestCases(list []policytest.Result, modules *provenance.Finder) []testreport.Case {
	cases := make([]testreport.Case, len(list))
	for i := range list {
		r := &list[i]
		cases[i] = testreport.Case{
			Name: TestTitle(r), File: r.File, Line: r.Test.Line,
			Failures: TestFailures(r, modules), Broken: r.Err != nil,
		}
	}
	return cases
}

// TestRules are the kinds of places that TestPlaces finds.
func TestRules() []testreport.Rule {
	return []testreport.Rule{
		{ID: "failed", Title: "The policy is not as a test expects", Level: "error"},
		{ID: "broken", Title: "A test cannot be made", Level: "error"},
	}
}

// TestPlaces are the failures of tests, for a report of places: each at the statement that
// its rule comes from, where that is known, else at the test. modules may be nil.
func TestPlaces(list []policytest.Result, modules *provenance.Finder) (places []testreport.Place) {
	for i := range list {
		r := &list[i]
		for k, line := range TestFailures(r, modules) {
			at := testreport.Related{URI: testreport.URI(r.File), Line: r.Test.Line, Text: TestTitle(r)}
			place := testreport.Place{
				Rule: "failed", Level: "error", Text: TestTitle(r) + ": " + line, URI: at.URI, Line: at.Line,
			}
			if r.Err != nil {
				place.Rule = "broken"
			} else if found := TestOrigins(r.Policy, &r.Failures[k], modules); len(found) > 0 {
				place.URI, place.Line = testreport.URI(found[0].File), found[0].Pos.Line
				place.Related = []testreport.Related{at}
			}
			places = append(places, place)
		}
	}
	return places
}
