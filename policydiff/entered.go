package policydiff

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// An Entry is a new way for a domain to enter another one: by a program that starts in it
// (transition), or by itself (dyntransition).
type Entry struct {
	Source, Domain string
	Dynamic        bool
	// Powers are the dangers, as codes of [allow.Danger], that the entered domain has in the policy
	// after, and the source has not, sorted.
	Powers []string
}

// entered collects the domains that can newly be entered.
type entered struct {
	after  *policy.Policy
	list   []Entry
	powers map[string][]string
}

func newEntered(after *policy.Policy) *entered {
	return &entered{after: after, powers: make(map[string][]string)}
}

// count notes the domains that an allow rule lets its source enter.
func (e *entered) count(x *RuleChange) {
	if x.Class != "process" || x.Source == x.Target {
		return
	}
	for _, perm := range x.Gained() {
		if perm == "transition" || perm == "dyntransition" {
			e.list = append(e.list, Entry{Source: x.Source, Domain: x.Target, Dynamic: perm == "dyntransition"})
		}
	}
}

// found returns the entries into domains with powers, by domain. All other entries are ordinary
// rules.
func (e *entered) found() []Entry {
	var list []Entry
	for _, x := range e.list {
		has := e.of(x.Source)
		for _, code := range e.of(x.Domain) {
			if !slices.Contains(has, code) {
				x.Powers = append(x.Powers, code)
			}
		}
		if x.Powers != nil {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Source, b.Source),
			compareBools(a.Dynamic, b.Dynamic))
	})
	return slices.CompactFunc(list, func(a, b Entry) bool {
		return a.Source == b.Source && a.Domain == b.Domain && a.Dynamic == b.Dynamic
	})
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// of returns the dangers that a domain has by the active rules.
func (e *entered) of(name string) []string {
	if list, known := e.powers[name]; known {
		return list
	}
	p := e.after
	id, ok := p.Type(name)
	if !ok {
		return nil
	}
	sources := p.Attributes(id)
	found := make(map[string]bool)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &sources}) {
		if !p.Enabled(r) {
			continue
		}
		e.rule(name, &r, found)
	}
	list := make([]string, 0, len(found))
	for code := range found {
		list = append(list, code)
	}
	slices.Sort(list)
	e.powers[name] = list
	return list
}

// rule adds the dangers of one rule.
func (e *entered) rule(name string, r *policy.Rule, found map[string]bool) {
	p := e.after
	class := p.ClassName(r.Class)
	perms := func() (list []string) {
		for i, perm := range p.Perms(r.Class) {
			if r.Perms&(1<<i) != 0 && perm != "" {
				list = append(list, perm)
			}
		}
		return list
	}
	if !allow.DangerousClass(class) {
		return
	}
	for target := range p.Members(r.Target).All() {
		if why := allow.Danger(name, p.TypeName(target), class, perms); why != "" {
			found[why] = true
		}
	}
}
