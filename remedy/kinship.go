package remedy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// kinOf returns how a port type belongs to the subject, for the operation. The evidence are names,
// since a policy has nothing else about the purpose of types; and if no type that helps is named
// like the subject, the rules that name the subject itself: with them the author of the policy says
// what the service uses.
func (f *finder) kinOf(id policy.TypeID) kin.Kinship {
	if k, ok := f.kinsfolk()[id]; ok {
		return k
	}
	return kin.Stranger
}

// kinsfolk returns the port types that belong to the subject.
func (f *finder) kinsfolk() map[policy.TypeID]kin.Kinship {
	if f.kinships == nil {
		f.kinships = f.relate()
	}
	return f.kinships
}

// relate finds the port types that belong to the subject, among those that would help.
func (f *finder) relate() map[policy.TypeID]kin.Kinship {
	found := make(map[policy.TypeID]kin.Kinship)
	judge, err := network.NewJudge(f.d, f.problem.Question)
	if err != nil {
		return found
	}
	helps := func(id policy.TypeID) bool { return judge.Port(f.problem.Port, f.label(id)) == network.Allowed }
	closest := kin.Stranger
	for _, id := range portTypes(f.p) {
		if k := kin.Of(f.subjectName(), f.p.TypeName(id)); k < kin.Stranger && !f.general(id) && helps(id) {
			found[id] = k
			closest = min(closest, k)
		}
	}
	if closest == kin.Namesake {
		return found
	}
	list := f.named()
	if f.connects() && len(list) > 1 {
		return found // nothing tells to which of them the port at the other end belongs
	}
	var own, shared, others []policy.TypeID
	owners := map[string]bool{}
	for _, id := range list {
		_, ok := found[id]
		switch {
		case ok || !helps(id):
		case f.owner(id, kin.Namesake) != "":
			others = append(others, id)
		case f.owner(id, kin.Kindred) != "":
			shared = append(shared, id)
			owners[f.owner(id, kin.Kindred)] = true
		default:
			own = append(own, id)
		}
	}
	if len(found) == 0 && !slices.ContainsFunc(own, f.known) {
		// e.g. http_cache_port_t, which by its name belongs to httpd_t, also belongs to privoxy_t
		own = append(own, shared...)
		for _, id := range others { // and haproxy_t, which has this one as well, serves on http_port_t too
			if owners[f.ownerOf(id)] {
				own = append(own, id)
			}
		}
	}
	for _, id := range own {
		found[id] = kin.Served
	}
	return found
}

// known reports whether a type has ports below 1024, where the ports of services are.
func (f *finder) known(id policy.TypeID) bool {
	_, known := f.allPorts(id)
	return known > 0
}

func (f *finder) subjectName() string { return f.p.TypeName(policy.TypeID(f.problem.Subject.Type)) }

// portPerm returns the permission on a port that the operation needs.
func (f *finder) portPerm() string {
	if f.connects() {
		return "name_connect"
	}
	return "name_bind"
}

// connects reports whether the program connects to a port, which another program chose.
func (f *finder) connects() bool {
	return f.problem.Operation == network.Connect || f.problem.Operation == network.Send
}

// named returns the port types that active rules give to the subject by its own name, except those
// for ports of no service.
func (f *finder) named() (list []policy.TypeID) {
	class, _ := f.p.Class(f.answer.Class)
	perm, ok := f.p.Perm(class, f.portPerm())
	if !ok {
		return nil
	}
	classes, sources := policy.NewSet(f.p.MaxClass()), f.noTypes()
	classes.Add(class)
	sources.Add(policy.TypeID(f.problem.Subject.Type))
	ports := policy.NewSet(f.p.MaxType())
	for _, id := range portTypes(f.p) {
		ports.Add(id)
	}
	filter := policy.RuleFilter{Kinds: policy.Allow, Classes: &classes, Sources: &sources}
	for r := range f.p.Rules(filter) {
		if r.Perms&perm == 0 || !ports.Has(r.Target) || f.general(r.Target) || !f.inForce(r) {
			continue
		}
		if !slices.Contains(list, r.Target) {
			list = append(list, r.Target)
		}
	}
	return list
}

func (f *finder) inForce(r policy.Rule) bool {
	return r.Cond == 0 || f.p.BranchEnabled(r.Cond, r.Branch)
}

// ownerOf returns a domain with the same name as the port type, "" for none.
func (f *finder) ownerOf(id policy.TypeID) string { return f.owner(id, kin.Namesake) }

// owner returns a domain that a type belongs to by its name, at least as closely as closest, "" for
// none.
func (f *finder) owner(id policy.TypeID, closest kin.Kinship) string {
	name := f.p.TypeName(id)
	for _, domain := range f.census.domains {
		if d := f.p.TypeName(domain); kin.Of(d, name) <= closest {
			return d
		}
	}
	return ""
}

// likePort returns a port of a type with a number similar to the problem's: one number ends with
// the digits of the other, as 22 and 2222, or they are near; 0 for none. People choose numbers in
// this way.
func (f *finder) likePort(id policy.TypeID) uint16 {
	asked := strconv.Itoa(int(f.problem.Port))
	for _, in := range f.labelled(uint32(id)) {
		for port := int(in.Low); port <= int(in.High) && port < int(in.Low)+manyPorts; port++ {
			text := strconv.Itoa(port)
			if len(text) > 1 && strings.HasSuffix(asked, text) || distance(uint16(port), f.problem.Port) <= nearPort {
				return uint16(port)
			}
		}
	}
	return 0
}

// nearPort is the largest distance of two similar ports.
const nearPort = 10

// allPorts counts the ports of all protocols with a type, and those below 1024, where the ports of
// services are.
func (f *finder) allPorts(id policy.TypeID) (all, known int) {
	for _, c := range f.p.Ports() {
		if policy.TypeID(c.Context.Type) == id {
			all += int(c.High-c.Low) + 1
			known += int(min(c.High, 1023)) - int(min(c.Low, 1024)) + 1
		}
	}
	return all, known
}

// manyPorts is the number of ports from which a type is for ports of no service: reserved_port_t
// has at least 512, and no service has that many.
const manyPorts = 256

// general reports whether a type labels ports that belong to no service.
func (f *finder) general(id policy.TypeID) bool {
	if sid, ok := f.p.InitialSID(policy.SIDPort); ok && policy.TypeID(sid.Type) == id {
		return true
	}
	return f.labelled(uint32(id)).Len() >= manyPorts
}
