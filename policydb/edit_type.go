package policydb

import (
	"fmt"
	"slices"
)

// AddType adds a type with the given attributes, by their values, and returns
// its value. What the policy grants to the attributes it grants to the type,
// constraints included; versions before 29 do not keep the attributes that a
// constraint was written with, so there the type is in none of their sets.
//
// The type may stand in contexts with the role object_r; for others see
// [Policy.AddRoleType].
func (p *Policy) AddType(name string, attributes ...uint32) (uint32, error) {
	if name == "" {
		return 0, fmt.Errorf("type without a name")
	}
	if slices.ContainsFunc(p.Types.Items, func(t Type) bool { return t.Name == name }) {
		return 0, fmt.Errorf("type %q exists", name)
	}
	if p.Types.NPrim >= maxSymbols {
		return 0, fmt.Errorf("the policy has %d types and attributes, the most that rules can name", p.Types.NPrim)
	}
	if len(attributes) > 0 && p.Version < versionAVTab {
		return 0, p.tooOld("attributes", versionAVTab)
	}
	for _, a := range attributes {
		if a == 0 || a > p.Types.NPrim {
			return 0, fmt.Errorf("%w attribute: %d", ErrNoSuch, a)
		}
		if i := slices.IndexFunc(p.Types.Items, func(t Type) bool { return t.Value == a }); i >= 0 &&
			!p.Types.Items[i].IsAttribute() {
			return 0, fmt.Errorf("%s is a type, not an attribute", p.Types.Items[i].Name)
		}
	}
	value := p.Types.NPrim + 1
	p.Types.NPrim = value
	p.Types.Items = append(slices.Clip(p.Types.Items), Type{Name: name, Value: value, Properties: TypePrimary})
	if p.Version >= versionAVTab {
		set := BitmapOf(value - 1)
		for _, a := range attributes {
			set = set.With(a - 1)
		}
		p.TypeAttrMap = append(slices.Clip(p.TypeAttrMap), set)
	}
	if p.Version >= versionConstraintName {
		p.constrainType(value, attributes)
	}
	return value, nil
}

// constrainType puts a new type into the sets of the constraints that name one
// of its attributes.
func (p *Policy) constrainType(value uint32, attributes []uint32) {
	classes := slices.Clone(p.Classes.Items)
	for i := range classes {
		classes[i].Constraints = constraintsWith(classes[i].Constraints, value, attributes)
		classes[i].ValidateTrans = constraintsWith(classes[i].ValidateTrans, value, attributes)
	}
	p.Classes.Items = classes
}

func constraintsWith(list []Constraint, value uint32, attributes []uint32) []Constraint {
	list = slices.Clone(list)
	for i := range list {
		expr := slices.Clone(list[i].Expr)
		for j := range expr {
			if expr[j].Kind == ConstraintNames && expr[j].Attr&AttrType != 0 && expr[j].TypeNames.includes(attributes) {
				expr[j].Names = expr[j].Names.With(value - 1)
			}
		}
		list[i].Expr = expr
	}
	return list
}

// The flags of a TypeSet (TYPE_STAR, TYPE_COMP).
const (
	typeSetStar       = 1
	typeSetComplement = 2
)

// includes reports whether a type that the set does not name itself is in it by
// one of its attributes. It mirrors type_set_expand.
func (s TypeSet) includes(attributes []uint32) bool {
	in := s.Flags&typeSetStar != 0
	for _, a := range attributes {
		in = in || s.Types.Has(a-1)
	}
	for _, a := range attributes {
		in = in && !s.Negset.Has(a-1)
	}
	return in != (s.Flags&typeSetComplement != 0)
}

// AddRoleType lets contexts combine a role with a type.
func (p *Policy) AddRoleType(role, typeValue uint32) error {
	i := slices.IndexFunc(p.Roles.Items, func(r Role) bool { return r.Value == role })
	if i < 0 {
		return fmt.Errorf("%w role: %d", ErrNoSuch, role)
	}
	if typeValue == 0 || typeValue > p.Types.NPrim {
		return fmt.Errorf("%w type: %d", ErrNoSuch, typeValue)
	}
	p.Roles.Items = slices.Clone(p.Roles.Items)
	p.Roles.Items[i].Types = p.Roles.Items[i].Types.With(typeValue - 1)
	return nil
}
