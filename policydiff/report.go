package policydiff

import (
	"bytes"
	"context"
	"iter"
	"slices"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// A Report holds the differences between two policies in their effects. Its lists are sorted; empty
// ones are nil.
type Report struct {
	// Identical says that nothing differs, not even in the bytes of the policies.
	Identical bool

	// Ports are the domains that gain and lose ports, by protocol and operation.
	Ports []impact.Effect
	// Labels are the port ranges whose label changes, whatever the records are.
	Labels []LabelChange
	// Permissive are the domains that became permissive, and those that no longer are.
	Permissive Names
	// NeverAudited are the types whose denials are no longer audited, and those whose denials are
	// audited again.
	NeverAudited Names
	// Booleans are those with another value, and those that only one policy has.
	Booleans []BoolChange
	// Unknown is the treatment of permissions that the policy does not define: before and
	// after.
	Unknown [2]policydb.HandleUnknown
	// Capabilities are the policy capabilities that are switched on, and off.
	Capabilities Names
	// Files are the path patterns that get another label: see [FileLabels].
	Files []FileLabel
	// Entered are the new ways to enter a domain.
	Entered []Entry
	// Types are the types that only one policy has.
	Types Names
	// Aliases are other names of types, "ALIAS of TYPE".
	Aliases Names
	// Moved are renamed and split types.
	Moved []Moved
	// Transitions are the changes of the domains that programs are started in.
	Transitions []Transition
	// Dangerous are the domains that gain dangerous access.
	Dangerous []Danger
	// Rules counts the cells of rules that differ: added, removed, modified.
	Rules RuleCount
	// Other are other differences between the policies, such as constraints, roles and levels.
	Other []Section
}

// A Section is a part of a policy, with SETools' name, and its differing statements.
type Section struct {
	Title string
	Count RuleCount
}

// Names are names that only one policy has.
type Names struct{ Added, Removed []string }

func (n *Names) empty() bool { return len(n.Added)+len(n.Removed) == 0 }

// A LabelChange is a port range with its label before and after, as contexts.
type LabelChange struct {
	Protocol      uint8
	Ports         portset.Range
	Before, After string
}

// A BoolChange is a boolean before and after: "on", "off", or "" if the policy lacks it.
type BoolChange struct{ Name, Before, After string }

// A Transition is a program's type with the domain that it starts in, from another domain, before
// and after; "" if there is no rule.
type Transition struct{ Source, Program, Before, After string }

// A RuleCount counts cells of rules that differ.
type RuleCount struct{ Added, Removed, Modified int }

// Count counts one cell.
func (n *RuleCount) Count(r *RuleChange) {
	switch r.Sign() {
	case Added:
		n.Added++
	case Removed:
		n.Removed++
	case Modified:
		n.Modified++
	}
}

// Total is the number of all cells.
func (n *RuleCount) Total() int { return n.Added + n.Removed + n.Modified }

// Empty reports whether there is no difference.
func (r *Report) Empty() bool {
	names := []Names{r.Permissive, r.NeverAudited, r.Capabilities, r.Types, r.Aliases}
	lists := len(r.Files) + len(r.Ports) + len(r.Labels) + len(r.Booleans) + len(r.Transitions) + len(r.Other)
	return r.Identical || lists+r.Rules.Total() == 0 && r.Unknown[0] == r.Unknown[1] &&
		!slices.ContainsFunc(names, func(n Names) bool { return !n.empty() })
}

// Compare returns the differences of two policies, each under its booleans, on one machine. Types
// that are permissive in both policies gain and lose ports as if they were not. It fails if a
// question about ports fails.
func Compare(ctx context.Context, before, after *policy.Policy, facts host.Facts) (*Report, error) {
	return New(before, after).Report(ctx, facts)
}

// Report is [Compare] of the two policies.
func (c *Comparison) Report(ctx context.Context, facts host.Facts) (*Report, error) {
	return c.ReportOn(ctx, facts, nil)
}

// ReportOn is [Comparison.Report] for two machines, if other is not nil: other has the policy
// after.
func (c *Comparison) ReportOn(ctx context.Context, facts host.Facts, other *host.Facts) (*Report, error) {
	before, after := c.before, c.after
	r := &Report{Unknown: [2]policydb.HandleUnknown{before.DB().HandleUnknown(), after.DB().HandleUnknown()}}
	r.booleans(before, after)
	r.Identical = Identical(before, after)
	if r.Identical && other == nil {
		return r, nil
	}
	ports := impact.New(before, after, facts)
	ports.FactsAfter = other
	var err error
	if r.Ports, err = ports.All(ctx); err != nil {
		return nil, err
	}
	if r.Identical {
		r.Identical = len(r.Ports) == 0
		return r, nil
	}
	r.labels(before, after)
	r.Permissive = namesOf(permissive(before), permissive(after))
	r.Capabilities = namesOf(capabilities(before), capabilities(after))
	r.NeverAudited = namesOf(neverAudited(before), neverAudited(after))
	r.Types = namesOf(types(before), types(after))
	r.Aliases = namesOf(aliases(before), aliases(after))
	m, e := newMoves(before, after, &r.Types), newEntered(after)
	for x := range c.Rules(policy.AccessRules | policy.TypeRules | policy.XPermRules) {
		r.Rules.Count(&x)
		switch {
		case x.Kind == policy.Allow:
			r.dangers(&x)
			m.count(&x)
			e.count(&x)
		case x.Kind == policy.TypeTransition && x.Class == "process" && x.FileName == "":
			r.Transitions = append(r.Transitions, Transition{x.Source, x.Target, x.DefaultBefore, x.DefaultAfter})
		}
	}
	r.Moved = m.found(r.Ports)
	r.Entered = e.found()
	r.Other = sections(before, after)
	return r, ctx.Err()
}

// Identical reports whether nothing differs, not even the bytes of the policies. Assumed values of
// booleans and labels of ports count as differences.
func Identical(before, after *policy.Policy) bool {
	for id := range before.Bools() {
		other, ok := after.Bool(before.BoolName(id))
		if !ok || before.BoolState(id) != after.BoolState(other) {
			return false
		}
	}
	return slices.Equal(before.Ports(), after.Ports()) && bytes.Equal(before.DB().Encode(), after.DB().Encode())
}

func (r *Report) booleans(before, after *policy.Policy) {
	state := func(p *policy.Policy, name string) string {
		id, ok := p.Bool(name)
		switch {
		case !ok:
			return ""
		case p.BoolState(id):
			return "on"
		}
		return "off"
	}
	var all []string
	for _, p := range []*policy.Policy{before, after} {
		for id := range p.Bools() {
			all = append(all, p.BoolName(id))
		}
	}
	slices.Sort(all)
	for _, name := range slices.Compact(all) {
		if c := (BoolChange{name, state(before, name), state(after, name)}); c.Before != c.After {
			r.Booleans = append(r.Booleans, c)
		}
	}
}

// labels compares the labels that the kernel finds for ports, not the records.
func (r *Report) labels(before, after *policy.Policy) {
	identify := !sameCategories(before, after)
	for _, protocol := range []uint8{policy.ProtoTCP, policy.ProtoUDP, policy.ProtoDCCP, policy.ProtoSCTP} {
		old, changed := before.PortSegments(protocol), after.PortSegments(protocol)
		for i, j := 0, 0; i < len(old) && j < len(changed); {
			c := LabelChange{
				Protocol: protocol,
				Ports:    portset.Range{Low: max(old[i].Low, changed[j].Low), High: min(old[i].High, changed[j].High)},
				Before:   before.FormatContext(old[i].Label.Context),
				After:    after.FormatContext(changed[j].Label.Context),
			}
			differ := c.Before != c.After
			if identify {
				was := contextIdentity(before, &old[i].Label.Context)
				is := contextIdentity(after, &changed[j].Label.Context)
				if differ = was != is; differ && c.Before == c.After {
					c.Before, c.After = was, is
				}
			}
			if differ {
				r.addLabel(c)
			}
			if old[i].High == c.Ports.High {
				i++
			}
			if changed[j].High == c.Ports.High {
				j++
			}
		}
	}
}

// addLabel adds a port range, or extends the last one.
func (r *Report) addLabel(c LabelChange) {
	if n := len(r.Labels); n > 0 {
		last := &r.Labels[n-1]
		next := last.Protocol == c.Protocol && int(last.Ports.High)+1 == int(c.Ports.Low)
		if next && last.Before == c.Before && last.After == c.After {
			last.Ports.High = c.Ports.High
			return
		}
	}
	r.Labels = append(r.Labels, c)
}

// namesOf compares two lists of names.
func namesOf(before, after iter.Seq[string]) Names {
	old, changed := slices.Sorted(before), slices.Sorted(after)
	return Names{Added: missing(changed, old), Removed: missing(old, changed)}
}

// missing returns the elements of a sorted list that another one lacks.
func missing(list, other []string) []string {
	var out []string
	for _, name := range list {
		if _, found := slices.BinarySearch(other, name); !found {
			out = append(out, name)
		}
	}
	return out
}

func permissive(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range p.Types() {
			if p.IsPermissive(id) && !yield(p.TypeName(id)) {
				return
			}
		}
	}
}

func neverAudited(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range p.Types() {
			if p.IsNeverAudit(id) && !yield(p.TypeName(id)) {
				return
			}
		}
	}
}

func aliases(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		items := p.DB().Types.Items
		for i := range items {
			typ := &items[i]
			if typ.IsAlias() && !yield(typ.Name+" of "+p.TypeName(policy.TypeID(typ.Value))) {
				return
			}
		}
	}
}

func capabilities(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for c := range p.PolicyCaps() {
			if !yield(c.String()) {
				return
			}
		}
	}
}

func types(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range p.Types() {
			if !yield(p.TypeName(id)) {
				return
			}
		}
	}
}
