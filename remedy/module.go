package remedy

import (
	"strconv"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// allowCIL writes an allow rule.
func allowCIL(source, target, class string, perms ...string) cil.Node {
	return cil.Call("allow", cil.Sym(source), cil.Sym(target), cil.List(cil.Sym(class), cil.Syms(perms...)))
}

// boolIfCIL puts a statement into the conditional of a rule.
func boolIfCIL(p *policy.Policy, r policy.Rule, statement cil.Node) cil.Node {
	branch := "true"
	if !r.Branch {
		branch = "false"
	}
	return cil.Call("booleanif", condCIL(p, r.Cond), cil.Call(branch, statement))
}

// condCIL writes a conditional's expression.
func condCIL(p *policy.Policy, id policy.CondID) cil.Node {
	var stack []cil.Node
	for _, node := range p.CondExpr(id) {
		n := len(stack)
		switch {
		case node.Op == policydb.CondBool:
			stack = append(stack, cil.Sym(p.BoolName(policy.BoolID(node.Bool))))
		case node.Op == policydb.CondNot && n >= 1:
			stack[n-1] = cil.Call("not", stack[n-1])
		case n >= 2:
			stack = append(stack[:n-2], cil.Call(condOperatorCIL(node.Op), stack[n-2], stack[n-1]))
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

// portconCIL labels the port. CIL wants a range even where the policy has no
// levels.
func portconCIL(p *policy.Policy, problem *Problem, label policy.Context, name string) cil.Node {
	level := cil.List(cil.Syms("s0"), cil.Syms("s0"))
	if p.MLS() {
		level = cil.List(levelCIL(p, label.Range.Low), levelCIL(p, label.Range.High))
	}
	context := cil.List(cil.Sym(p.UserName(policy.UserID(label.User))), cil.Sym("object_r"), cil.Sym(name), level)
	return cil.Call("portcon", cil.Sym(string(problem.Protocol)), cil.Sym(strconv.Itoa(int(problem.Port))), context)
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
