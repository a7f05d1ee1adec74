package compile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// Amend returns a policy with what a module adds to it, for where there are no
// modules to build it of: what a build of all would give, but for the numbers of
// new types and the order of rules. It knows the statements that need nothing but
// the policy: type, typeattributeset of new types, roletype, typepermissive, allow,
// auditallow and dontaudit between names, in a booleanif too, and portcon. The
// names are those that the policy has.
//
// A policy does not have all that its modules said. It has no neverallow rules: none
// are checked, nor are bounds. Where an attribute was replaced by its types, a new
// type gets nothing by it: in rules about self, in type transitions, in the types of
// roles. The policy that is given stays as it is.
func Amend(p *policydb.Policy, statements []cil.Node) (*policydb.Policy, error) {
	a := &amender{p: p.Clone(), own: make(map[string][]uint32)}
	for _, part := range []func(cil.Node) error{a.declare, a.attribute, a.addTypes, a.add} {
		for _, s := range statements {
			if !s.IsList() || len(s.List) < 2 || s.List[0].IsList() {
				return nil, a.fail(s, errors.New("this is no statement"))
			}
			if err := part(s); err != nil {
				return nil, a.fail(s, err)
			}
		}
	}
	if err := a.writeRules(); err != nil {
		return nil, err
	}
	return a.p, nil
}

// An amender adds statements to a policy.
type amender struct {
	p *policydb.Policy
	// own holds the new types with the attributes that they get.
	own   map[string][]uint32
	rules []amendedRule
}

// An amendedRule is a new rule: of a conditional, counted from 1, or 0.
type amendedRule struct {
	policydb.AVRule
	cond   int
	branch bool
}

func (a *amender) fail(s cil.Node, err error) error {
	if s.Pos.Line == 0 {
		return fmt.Errorf("%s: %w", s, err)
	}
	return fmt.Errorf("%d:%d: %w", s.Pos.Line, s.Pos.Column, err)
}

var errShape = errors.New("this form of the statement is not one that can be added to a policy")

// args returns the arguments of a statement, of which so many must be there.
func args(s cil.Node, n int) ([]cil.Node, error) {
	if len(s.List) != n+1 {
		return nil, errShape
	}
	return s.List[1:], nil
}

// declare notes a new type.
func (a *amender) declare(s cil.Node) error {
	if s.List[0].Atom != "type" {
		return nil
	}
	list, err := args(s, 1)
	if err != nil {
		return err
	}
	name := list[0].Atom
	if !legalName(name, false) {
		return fmt.Errorf("%q is no name: a letter, then letters, digits, _ and -", name)
	}
	if _, ok := a.own[name]; ok {
		return fmt.Errorf("%s is declared again", name)
	}
	if _, err := a.typeOf(list[0]); err == nil {
		return fmt.Errorf("the policy has a type or attribute %s", name)
	}
	a.own[name] = nil
	return nil
}

// attribute notes an attribute of new types.
func (a *amender) attribute(s cil.Node) error {
	if s.List[0].Atom != "typeattributeset" {
		return nil
	}
	list, err := args(s, 2)
	if err != nil {
		return err
	}
	value, err := a.typeOf(list[0])
	if err != nil {
		return err
	}
	names := []cil.Node{list[1]}
	if list[1].IsList() {
		names = list[1].List
	}
	for _, n := range names {
		if _, ok := a.own[n.Atom]; !ok || n.IsList() {
			return errors.New("an attribute can be given to types of the module only")
		}
		if !slices.Contains(a.own[n.Atom], value) {
			a.own[n.Atom] = append(a.own[n.Atom], value)
		}
	}
	return nil
}

func (a *amender) addTypes(s cil.Node) error {
	if s.List[0].Atom != "type" {
		return nil
	}
	_, err := a.p.AddType(s.List[1].Atom, a.own[s.List[1].Atom]...)
	return err
}

// add adds all other statements.
func (a *amender) add(s cil.Node) error {
	switch kw := s.List[0].Atom; kw {
	case "type", "typeattributeset":
		return nil
	case "roletype":
		return a.roleType(s)
	case "typepermissive":
		list, err := args(s, 1)
		if err != nil {
			return err
		}
		value, err := a.typeOf(list[0])
		if err != nil {
			return err
		}
		return a.p.SetPermissive(value, true)
	case "allow", "auditallow", "dontaudit":
		return a.rule(s, 0, false)
	case "booleanif":
		return a.booleanIf(s)
	case "portcon":
		return a.portCon(s)
	default:
		return fmt.Errorf("a %s statement needs the modules of the policy", kw)
	}
}

func (a *amender) roleType(s cil.Node) error {
	list, err := args(s, 2)
	if err != nil {
		return err
	}
	role, err := a.roleOf(list[0])
	if err != nil {
		return err
	}
	value, err := a.typeOf(list[1])
	if err != nil || role == objectRole {
		return err // object_r has all types
	}
	return a.p.AddRoleType(role, value)
}
