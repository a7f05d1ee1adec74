package reach

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A relabelling is a set of ports that get other labels under one set of rules. A domain whose
// rules grant the same access to the new labels as to the old ones need not be asked about.
type relabelling struct {
	p     *policy.Policy // the policy with the rules
	pairs []pair
	// checks are the socket classes with the permissions that depend on the label of a port.
	checks [2]portCheck
}

// A portCheck is the permissions of a class that are checked on a port.
type portCheck struct {
	class policy.ClassID
	perms policy.AccessVector
}

// grants holds the permissions of each portCheck that rules grant.
type grants [2]policy.AccessVector

func newRelabelling(p *policy.Policy, s network.Socket, pairs []pair) *relabelling {
	r := &relabelling{p: p, pairs: pairs}
	for i, class := range []string{s.Class, s.ClassPlain} {
		id, _ := p.Class(class)
		r.checks[i].class = id
		for _, name := range []string{"name_bind", "name_connect"} {
			perm, _ := p.Perm(id, name)
			r.checks[i].perms |= perm
		}
	}
	return r
}

// candidates returns the given domains for which rules, constraints or bounds may decide
// differently after the change.
func (r *relabelling) candidates(domains []policy.TypeID) []policy.TypeID {
	var labels []policy.Context
	for _, pair := range r.pairs {
		a, b := pair.before, pair.after
		if a.User != b.User || a.Role != b.Role || r.p.FormatLevel(a.Range.Low) != r.p.FormatLevel(b.Range.Low) ||
			r.p.FormatLevel(a.Range.High) != r.p.FormatLevel(b.Range.High) ||
			r.p.Bounds(policy.TypeID(a.Type)) != 0 || r.p.Bounds(policy.TypeID(b.Type)) != 0 {
			return domains
		}
		for _, check := range r.checks {
			if access.ConstraintsTellApart(r.p, check.class, check.perms, policy.TypeID(a.Type),
				policy.TypeID(b.Type)) {
				return domains
			}
		}
		labels = append(labels, a, b)
	}
	granted := make(map[uint32][]grants, len(labels))
	for _, l := range labels {
		if granted[l.Type] == nil {
			granted[l.Type] = r.granted(policy.TypeID(l.Type))
		}
	}
	elsewhere := r.otherSockets()
	var attributes policy.Set[policy.TypeID]
	return slices.DeleteFunc(domains, func(id policy.TypeID) bool {
		r.p.AttributesInto(&attributes, id)
		if r.p.Bounds(id) != 0 || elsewhere.Intersects(attributes) {
			return false
		}
		for _, pair := range r.pairs {
			var was, is grants
			before, after := granted[pair.before.Type], granted[pair.after.Type]
			for a := range r.p.Attributes(id).All() {
				was.join(before[a])
				is.join(after[a])
			}
			if was != is {
				return false
			}
		}
		return true
	})
}

// otherSockets returns the sources, as written, of type transitions for sockets. For these domains the kernel
// checks the socket's label, not the process's.
func (r *relabelling) otherSockets() policy.Set[policy.TypeID] {
	classes := r.classes()
	set := policy.NewSet(r.p.MaxType())
	for rule := range r.p.Rules(policy.RuleFilter{Kinds: policy.TypeTransition, Classes: &classes}) {
		set.Add(rule.Source)
	}
	return set
}

func (g *grants) join(o grants) {
	for i := range g {
		g[i] |= o[i]
	}
}

// granted returns the permissions that active allow rules grant to sources, as written, on a label.
func (r *relabelling) granted(label policy.TypeID) []grants {
	list := make([]grants, r.p.MaxType()+1)
	targets, classes := r.p.Attributes(label), r.classes()
	for rule := range r.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Targets: &targets, Classes: &classes}) {
		if rule.Cond != 0 && !r.p.BranchEnabled(rule.Cond, rule.Branch) || int(rule.Source) >= len(list) {
			continue
		}
		for i, check := range r.checks {
			if rule.Class == check.class {
				list[rule.Source][i] |= rule.Perms & check.perms
			}
		}
	}
	return list
}

// classes are the classes of the sockets.
func (r *relabelling) classes() policy.Set[policy.ClassID] {
	set := policy.NewSet(r.p.MaxClass())
	for _, check := range r.checks {
		set.Add(check.class)
	}
	return set
}
