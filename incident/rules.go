package incident

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// maxRules bounds the sources, targets and classes of rules that are kept.
const maxRules = 8192

// A triple is what audit2allow writes a rule for.
type triple struct{ source, target, class string }

// addRule keeps the rule of an event. Rules of the same source, target and class are one: people show the output of
// audit2allow and the module that it made.
func (log *Log) addRule(e *audit.Event) {
	r := e.Rule
	key := triple{r.SourceType, r.TargetType, r.Class}
	if r.Loaded {
		key.class += " loaded" // which is not what is still refused
	}
	at, ok := log.ruleIndex[key]
	switch {
	case !ok && len(log.rules) == maxRules:
		log.OtherRules++
		return
	case !ok:
		log.ruleIndex[key] = len(log.rules)
		log.rules = append(log.rules, e)
		return
	}
	log.Stats.Duplicates++
	first := log.rules[at].Rule
	for _, p := range r.Permissions {
		if !slices.Contains(first.Permissions, p) {
			first.Permissions = append(slices.Clip(first.Permissions), p)
		}
	}
	slices.Sort(first.Permissions) // as audit2allow writes them
	first.Path = cmp.Or(first.Path, r.Path)
}

// foldRules counts the rules that have no record in the log. A rule with a record is the same denial once more.
func (log *Log) foldRules() {
	if len(log.rules) == 0 {
		return
	}
	records := make(map[triple]bool)
	for _, k := range log.folder.Kinds() {
		if s := &k.Signature; s.Result == audit.Denied {
			records[triple{s.SourceType, s.TargetType, s.Class}] = true
		}
	}
	only := !slices.ContainsFunc(log.rules, func(e *audit.Event) bool { return !e.Rule.Loaded }) && len(records) == 0 &&
		len(log.folder.Symptoms()) == 0 && len(log.Errors) == 0
	for _, e := range log.rules {
		r := e.Rule
		if r.Loaded && !only { // alone they are what the text asks about
			log.Loaded++
			continue
		}
		if records[triple{r.SourceType, r.TargetType, r.Class}] {
			log.Stats.Duplicates++
			continue
		}
		log.Rules++
		for _, permissions := range checksOf(r) {
			one, rule := *e, *r
			rule.Permissions, one.Rule = permissions, &rule
			log.ruleChecks++
			log.folder.AddRule(&one)
		}
	}
	log.rules, log.ruleIndex = nil, nil
}

// checksOf divides the permissions of a rule as the kernel asks for them: for each capability alone, and for a port
// apart from the socket.
func checksOf(r *audit.Rule) (checks [][]string) {
	alone := func(permission string) bool {
		switch permission {
		case "name_bind", "name_connect", "node_bind":
			return true
		}
		return strings.HasPrefix(r.Class, "cap") // capability, capability2, cap_userns, cap2_userns
	}
	var rest []string
	for _, p := range r.Permissions {
		if alone(p) {
			checks = append(checks, []string{p})
		} else {
			rest = append(rest, p)
		}
	}
	if rest != nil {
		checks = append(checks, rest)
	}
	return checks
}
