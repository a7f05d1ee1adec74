package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// muchBeyond is the number of permissions on types beyond the need from which on calls open too much to be offered.
const muchBeyond = 100

// interfaces proposes a module that calls refpolicy's interfaces for what the rule grants. Where the rule is never to
// be applied, calls are not looked for: they would open as much, or more.
func (f *finder) interfaces() {
	at := slices.IndexFunc(f.fixes, func(x Fix) bool { return x.Kind == Rule })
	if f.problem.Interfaces == nil || at < 0 || f.fixes[at].Applicability == remedy.Never {
		return
	}
	needs := make([]remedy.Need, len(f.fixes[at].Rules))
	for i, r := range f.fixes[at].Rules {
		needs[i] = remedy.Need(r)
	}
	name := f.moduleName()
	calls, after, beyond := f.granted(name, needs[:1], needs)
	if calls == nil && len(needs) > 1 { // the interface for a message may not allow its answer
		calls, after, beyond = f.granted(name, needs, needs)
	}
	if calls == nil {
		return
	}
	fix := Fix{Kind: Interfaces, Applicability: remedy.Review, Works: true, Calls: calls.List, Source: calls.Source,
		ModuleName: name, Statements: calls.Module, CallsBeyond: beyond}
	d := access.NewDecider(after)
	if len(f.refusedOf(d, f.problem.Target, needs[0].Perms)) > 0 {
		return // a constraint refuses it
	}
	f.cost(&fix, d, f.problem.Target)
	if beyond >= muchBeyond {
		fix.Applicability = remedy.Never
	}
	f.fixes = append(f.fixes, fix)
}

// granted returns calls for some needs that grant all of them, nil for none.
func (f *finder) granted(name string, some, all []remedy.Need) (*remedy.Calls, *policy.Policy, int) {
	calls := f.problem.Interfaces(name, some)
	if calls == nil {
		return nil, nil, 0
	}
	after, beyond, err := calls.Under(f.p, all)
	if err != nil {
		return nil, nil, 0
	}
	return calls, after, beyond
}

// moduleName returns the name of a module with calls: of letters, digits and "_".
func (f *finder) moduleName() string {
	name := "senet_" + strings.TrimSuffix(f.typeName(f.problem.Source), "_t") + "_" + f.problem.Class + "_interfaces"
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
