package reach

import (
	"bytes"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Concerned returns the names of the domains that may gain or lose ports from one policy to another. It works if
// the two differ only in rules, as after a module without its own types and labels. ok is false if they differ in
// more, or in many rules: then all domains may gain or lose.
func Concerned(before, after *policy.Policy) (names map[string]bool, ok bool) {
	old, changed := before.DB(), after.DB()
	if old == changed {
		return nil, false // the same policy with other booleans
	}
	if whatIf(before) || whatIf(after) {
		return nil, false // the difference is not in the files
	}
	rules, ok := differingRules(old.AVTab, changed.AVTab)
	if !ok || !bytes.Equal(withoutRules(old), withoutRules(changed)) {
		return nil, false
	}
	a, listed := before.Attribute("domain")
	listed = listed && !before.Members(a).IsEmpty()
	classes := make(map[policy.ClassID]bool)
	for _, name := range checkedClasses() {
		if id, known := before.Class(name); known {
			classes[id] = true
		}
	}
	sources := policy.NewSet(before.MaxType())
	for _, r := range rules {
		switch {
		case r.Class == uint16(before.ProcessClass()) && !listed:
			return nil, false // the set of domains may depend on it; see Domains
		case r.Kind&(policydb.AVAllowed|policydb.AVTransition) != 0 && classes[policy.ClassID(r.Class)]:
			sources.AddAll(before.Members(policy.TypeID(r.Source)))
		}
	}
	names = make(map[string]bool)
	for id := range sources.All() {
		names[before.TypeName(id)] = true
	}
	if len(names) == 0 {
		return names, true
	}
	// A bounded type may do no more than the type that bounds it.
	for grew := true; grew; {
		grew = false
		for id := policy.TypeID(1); id <= before.MaxType(); id++ {
			if parent := before.Bounds(id); parent != 0 && sources.Has(parent) && !sources.Has(id) {
				sources.Add(id)
				names[before.TypeName(id)], grew = true, true
			}
		}
	}
	return names, true
}

// whatIf reports whether a policy differs from its file because a boolean, or the label of a port, node or
// interface, was changed for a question.
func whatIf(p *policy.Policy) bool {
	for b := range p.Bools() {
		if p.BoolState(b) != p.DefaultBool(b) {
			return true
		}
	}
	file := &p.DB().OContexts
	return len(p.Ports()) != len(file.Ports) || len(p.Nodes()) != len(file.Nodes) ||
		len(p.Nodes6()) != len(file.Nodes6) || len(p.Netifs()) != len(file.Netifs)
}

// checkedClasses returns the classes of all checks that the kernel makes for ports.
func checkedClasses() []string {
	return append(otherClasses(), "tcp_socket", "udp_socket", "dccp_socket", "sctp_socket", "rawip_socket", "socket")
}

// maxDiffering bounds the changed rules that are examined one by one.
const maxDiffering = 1 << 12

// differingRules returns the rules that only one of two tables has. If the rules are not in libsepol's order, it
// may also return rules that both have.
func differingRules(a, b policydb.AVTab) (list []policydb.AVRule, ok bool) {
	i, j := uint32(0), uint32(0)
	for (i < a.Size() || j < b.Size()) && len(list) <= maxDiffering {
		switch {
		case i == a.Size():
			list = append(list, b.At(j))
			j = b.Next(j)
		case j == b.Size():
			list = append(list, a.At(i))
			i = a.Next(i)
		default:
			k, l := a.Key(i), b.Key(j)
			switch {
			case k == l && a.Record(i) == b.Record(j):
				i, j = a.Next(i), b.Next(j)
			case k == l:
				list = append(list, a.At(i), b.At(j))
				i, j = a.Next(i), b.Next(j)
			case before(k, l):
				list = append(list, a.At(i))
				i = a.Next(i)
			default:
				list = append(list, b.At(j))
				j = b.Next(j)
			}
		}
	}
	return list, len(list) <= maxDiffering
}

func before(a, b policydb.AVKey) bool {
	if x, y := a.CompiledBucket(), b.CompiledBucket(); x != y {
		return x < y
	}
	if x, y := a.Order(), b.Order(); x != y {
		return x < y
	}
	return a.Kind() < b.Kind()
}

// withoutRules encodes a policy without its unconditional rules.
func withoutRules(p *policydb.Policy) []byte {
	p = p.Clone()
	p.AVTab = policydb.AVTab{}
	return p.Encode()
}
