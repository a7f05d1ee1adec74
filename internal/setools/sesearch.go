package setools

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// Sesearch is sesearch of SETools 4.4.1. args are the process's arguments without its name, the result is its exit
// code. It prints the bytes of that release except where that release is wrong:
//
//   - an attribute without members is a criterion that no rule meets; in 4.4.1 it is no criterion;
//   - the text of a conditional expression has the parentheses it needs (see condText);
//   - a rule of extended permissions in a conditional is printed with that conditional;
//   - unknown permissions are reported in the order in which they were given.
//
// A line in the form of SETools 3 is answered in its layout. --json prints our document (see [SearchResult]), and
// --modules names the statements that rules come from. After an error about an unknown name, names that resemble it
// follow on standard error.
func Sesearch(args []string, stdout, stderr io.Writer) int {
	args, typed := inertArgs(args)
	a, err := ParseSesearch(args)
	if err != nil {
		return exitWith(err, stdout, stderr)
	}
	logLine := func(parts ...string) {
		if a.Verbose || a.Debug {
			_, _ = io.WriteString(stderr, strings.Join(parts, "")+"\n")
		}
	}
	db, path, reason, err := openInfoPolicy(a.Policy, typed)
	if err != nil {
		if reason != nil {
			_, _ = io.WriteString(stderr, "senet: "+words.Safe(reason.Error())+"\n")
		}
		return exitWith(err, stdout, stderr)
	}
	logLine("Opening SELinux policy \"", path, "\"\nSuccessfully opened SELinux policy \"", path, "\"")

	out := newLineWriter(stdout)
	s := &searcher{p: policy.New(db), path: path, a: &a, out: out, log: logLine}
	if s.modules, err = s.finder(); err != nil {
		_, _ = io.WriteString(stderr, "senet: "+words.Safe(err.Error())+"\n")
		return 1
	}
	err = s.run()
	out.flush()
	if out.err != nil {
		_, _ = io.WriteString(stderr, "senet: "+words.Safe(out.err.Error())+"\n")
		return 1
	}
	if err != nil {
		code := exitWith(searchFailure(err), stdout, stderr)
		if h := s.hint(err); h != "" {
			_, _ = io.WriteString(stderr, h)
		}
		return code
	}
	return 0
}

// exitWith writes the texts of an *Exit and returns its code.
func exitWith(err error, stdout, stderr io.Writer) int {
	var exit *Exit
	if !errors.As(err, &exit) {
		exit = failure(err.Error())
	}
	_, _ = io.WriteString(stdout, exit.Stdout)
	_, _ = io.WriteString(stderr, exit.Stderr)
	return exit.Code
}

// searcher answers one command line.
type searcher struct {
	p    *policy.Policy
	path string
	a    *SesearchArgs
	out  *lineWriter
	log  func(parts ...string)
	// modules finds the statements that rules come from; nil without --modules.
	modules *provenance.Finder
}

func (s *searcher) run() error {
	switch {
	case s.a.JSON:
		return s.runJSON()
	case s.a.Classic:
		return s.runClassic()
	}
	if s.a.Kinds.Has(TERules) {
		t, err := s.teRules()
		if err != nil {
			return err
		}
		if s.modules != nil {
			t.writeOrigins(s.out, s.modules)
		} else {
			t.write(s.out)
		}
	}
	if s.a.Kinds.Has(RBACRules) {
		rules, err := s.rbacRules()
		if err != nil {
			return err
		}
		for _, r := range rules {
			s.out.line(r.text)
		}
	}
	if s.a.Kinds.Has(MLSRules) {
		rules, err := s.mlsRules()
		if err != nil {
			return err
		}
		for _, r := range rules {
			s.out.line(r.text)
		}
	}
	return nil
}

// teRules searches type enforcement rules.
func (s *searcher) teRules() (*ruleTable, error) {
	q, err := s.teQuery()
	if err != nil {
		return nil, err
	}
	s.log("Generating TE rule results from ", s.path)
	return s.table(q, s.a.Kinds)
}

// table runs a query for the kinds. It ignores the kinds in q.
func (s *searcher) table(q query.TERuleQuery, kinds RuleKinds) (*ruleTable, error) {
	q.Kinds = policyKinds(kinds)
	none := q.Kinds == 0 // neverallow only; the names are still looked up
	rules, err := query.TERules(s.p, q)
	if err != nil {
		return nil, err
	}
	t := newRuleTable(s.p)
	if !none {
		for r := range rules {
			t.add(&r)
		}
	}
	t.sort()
	return t, nil
}

// policyKinds returns the kinds of type enforcement rules that a policy can have.
func policyKinds(k RuleKinds) (kinds policy.RuleKind) {
	for _, pair := range [...]struct {
		args RuleKinds
		rule policy.RuleKind
	}{
		{Allow, policy.Allow}, {AllowXperm, policy.AllowXPerm},
		{AuditAllow, policy.AuditAllow}, {AuditAllowXperm, policy.AuditAllowXPerm},
		{DontAudit, policy.DontAudit}, {DontAuditXperm, policy.DontAuditXPerm},
		{TypeTransition, policy.TypeTransition}, {TypeChange, policy.TypeChange}, {TypeMember, policy.TypeMember},
	} {
		if k.Has(pair.args) {
			kinds |= pair.rule
		}
	}
	return kinds
}

// rendered is a rule with its line.
type rendered[T any] struct {
	rule T
	text string
}

// sortRendered sorts rules by their lines.
func sortRendered[T any](rules []rendered[T]) {
	slices.SortStableFunc(rules, func(a, b rendered[T]) int { return strings.Compare(a.text, b.text) })
}

// rbacRules searches role rules.
func (s *searcher) rbacRules() ([]rendered[query.RBACRule], error) {
	q, err := s.rbacQuery()
	if err != nil {
		return nil, err
	}
	s.log("Generating RBAC rule results from ", s.path)
	rules, err := query.RBACRules(s.p, q)
	if err != nil {
		return nil, err
	}
	var list []rendered[query.RBACRule]
	for r := range rules {
		list = append(list, rendered[query.RBACRule]{r, string(appendRBACRule(nil, s.p, r))})
	}
	sortRendered(list)
	return list, nil
}

// mlsRules searches range_transitions.
func (s *searcher) mlsRules() ([]rendered[query.MLSRule], error) {
	q, err := s.mlsQuery()
	if err != nil {
		return nil, err
	}
	s.log("Generating MLS rule results from ", s.path)
	rules, err := query.MLSRules(s.p, q)
	if err != nil {
		return nil, err
	}
	var list []rendered[query.MLSRule]
	for r := range rules {
		list = append(list, rendered[query.MLSRule]{r, string(appendMLSRule(nil, s.p, &r))})
	}
	sortRendered(list)
	return list, nil
}
