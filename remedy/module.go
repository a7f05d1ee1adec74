package remedy

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A module collects statements: the declaration of a type first, then the rules, those of
// one conditional together, then the rest.
type module struct {
	p          *policy.Policy
	head, tail []cil.Node
	rules      []cil.Node
	branches   []branch // in the order of their first rules
	attributes []string
	copied     int // of the rules
}

// A branch holds the rules of one branch of a conditional.
type branch struct {
	cond  policy.CondID
	value bool
	rules []cil.Node
}

func newModule(p *policy.Policy) *module { return &module{p: p} }

// nodes returns the statements, and the names of attributes among them; ok is false if a
// name is invalid in CIL.
func (m *module) nodes() (statements []cil.Node, attributes []string, ok bool) {
	list := slices.Concat(m.head, m.rules)
	for _, b := range m.branches {
		condition := condCIL(m.p, b.cond)
		if len(condition.List) == 0 && condition.Atom == "" {
			continue
		}
		body := append([]cil.Node{cil.Sym(strconv.FormatBool(b.value))}, b.rules...)
		list = append(list, cil.Call("booleanif", condition, cil.List(body...)))
	}
	slices.Sort(m.attributes)
	list = append(list, m.tail...)
	return list, slices.Compact(m.attributes), !slices.ContainsFunc(list,
		func(n cil.Node) bool { return !plainNode(n) })
}

// plainNode reports whether all symbols of a statement are plain. An empty symbol looks
// like an empty list, which these modules do not have.
func plainNode(n cil.Node) bool {
	if n.IsList() {
		return len(n.List) > 0 && !slices.ContainsFunc(n.List, func(n cil.Node) bool { return !plainNode(n) })
	}
	return plain(n.Atom)
}

// plain reports whether a compiler of policies accepts a name. A binary policy may have
// other names, which no statement could use, and which could act as more than a name in a
// command.
func plain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_':
		case i > 0 && (c == '.' || c == '-'):
		default:
			return false
		}
	}
	return name != ""
}

// declare declares a type for objects.
func (m *module) declare(name string, attributes []uint32) {
	m.head = []cil.Node{
		cil.Call("type", cil.Sym(name)),
		cil.Call("roletype", cil.Sym("object_r"), cil.Sym(name)),
	}
	for _, a := range attributes {
		attribute := m.p.TypeName(policy.TypeID(a))
		m.attributes = append(m.attributes, attribute)
		m.head = append(m.head, cil.Call("typeattributeset", cil.Sym(attribute), cil.Syms(name)))
	}
}

// rule adds an allow rule between types.
func (m *module) rule(source, target, class string, perms []string) {
	m.rules = append(m.rules, ruleCIL("allow", source, target, class, perms))
}

// copy adds a rule of the policy for another target, with some of its permissions.
func (m *module) copy(r policy.Rule, target, class string, vector policy.AccessVector) {
	var perms []string
	for i, perm := range m.p.Perms(r.Class) {
		if vector>>i&1 != 0 {
			perms = append(perms, perm)
		}
	}
	keyword := "allow"
	switch r.Kind {
	case policy.DontAudit:
		keyword = "dontaudit"
	case policy.AuditAllow:
		keyword = "auditallow"
	}
	var rules []cil.Node
	for _, source := range m.sources(r.Source) {
		rules = append(rules, ruleCIL(keyword, source, target, class, perms))
	}
	m.copied += len(rules)
	if r.Cond == 0 {
		m.rules = append(m.rules, rules...)
		return
	}
	i := slices.IndexFunc(m.branches, func(b branch) bool { return b.cond == r.Cond && b.value == r.Branch })
	if i < 0 {
		i = len(m.branches)
		m.branches = append(m.branches, branch{cond: r.Cond, value: r.Branch})
	}
	m.branches[i].rules = append(m.branches[i].rules, rules...)
}

// sources returns how a rule writes its source: an attribute without a name, as all are
// before version 24, is written as its members.
func (m *module) sources(id policy.TypeID) []string {
	name := m.p.TypeName(id)
	if !m.p.IsAttribute(id) {
		return []string{name}
	}
	if plain(name) {
		m.attributes = append(m.attributes, name)
		return []string{name}
	}
	var names []string
	for member := range m.p.Members(id).All() {
		names = append(names, m.p.TypeName(member))
	}
	return names
}

func ruleCIL(keyword, source, target, class string, perms []string) cil.Node {
	return cil.Call(keyword, cil.Sym(source), cil.Sym(target), cil.List(cil.Sym(class), cil.Syms(perms...)))
}

// condCIL writes a conditional's expression; the empty list for a malformed one, of which
// neither branch is ever active.
func condCIL(p *policy.Policy, id policy.CondID) cil.Node {
	var stack []cil.Node
	for _, node := range p.CondExpr(id) {
		n := len(stack)
		switch {
		case node.Op == policydb.CondBool:
			stack = append(stack, cil.Sym(p.BoolName(policy.BoolID(node.Bool))))
		case node.Op == policydb.CondNot && n >= 1:
			stack[n-1] = cil.Call("not", stack[n-1])
		case node.Op != policydb.CondNot && n >= 2:
			stack = append(stack[:n-2], cil.Call(condOperatorCIL(node.Op), stack[n-2], stack[n-1]))
		default:
			return cil.Node{}
		}
	}
	if len(stack) == 0 {
		return cil.Node{}
	}
	return stack[0]
}

func condOperatorCIL(op policydb.CondOp) string {
	switch op {
	case policydb.CondAnd:
		return "and"
	case policydb.CondXor:
		return "xor"
	case policydb.CondEq:
		return "eq"
	case policydb.CondNeq:
		return "neq"
	}
	return "or"
}

// protocolCIL returns the name of a protocol in portcons and for semanage, "" if they do
// not support it. MPTCP has TCP's ports.
func protocolCIL(number uint8) string {
	switch number {
	case policy.ProtoTCP:
		return "tcp"
	case policy.ProtoUDP:
		return "udp"
	case policy.ProtoDCCP:
		return "dccp"
	case policy.ProtoSCTP:
		return "sctp"
	}
	return ""
}

// portconCIL labels the port. CIL requires a range even if the policy has no levels;
// policies without them still declare s0.
func (f *finder) portconCIL(label policy.Context, name string) cil.Node {
	level := cil.List(cil.Syms("s0"), cil.Syms("s0"))
	if f.p.MLS() {
		level = cil.List(levelCIL(f.p, label.Range.Low), levelCIL(f.p, label.Range.High))
	}
	context := cil.List(cil.Sym(f.p.UserName(policy.UserID(label.User))),
		cil.Sym(f.p.RoleName(policy.RoleID(label.Role))), cil.Sym(name), level)
	return cil.Call("portcon", cil.Sym(protocolCIL(f.socket.PortProtocol)), cil.Sym(strconv.Itoa(int(f.problem.Port))),
		context)
}

func levelCIL(p *policy.Policy, l policy.Level) cil.Node {
	sens := cil.Sym(p.SensitivityName(policy.SensID(l.Sens)))
	if l.Cats.IsEmpty() {
		return cil.List(sens)
	}
	var cats []string
	for bit := range l.Cats.All() {
		cats = append(cats, p.CategoryName(policy.CatID(bit+1)))
	}
	return cil.List(sens, cil.Syms(cats...))
}

// portconOrder mirrors cil_post_portcon_compare.
func portconOrder(a, b policydb.PortCon) int {
	return cmp.Or(cmp.Compare(a.High-a.Low, b.High-b.Low), cmp.Compare(a.Low, b.Low),
		cmp.Compare(rank(a.Protocol), rank(b.Protocol)))
}

// rank returns the place of a protocol in CIL's own enumeration.
func rank(protocol uint32) int {
	return slices.Index([]uint32{policy.ProtoUDP, policy.ProtoTCP, policy.ProtoDCCP, policy.ProtoSCTP}, protocol)
}
