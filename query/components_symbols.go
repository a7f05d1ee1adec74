package query

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
)

// A BoolQuery selects booleans; the zero BoolQuery selects all.
type BoolQuery struct {
	Name    Match
	Default Truth // the value in the policy file
}

// Bools yields the booleans by ascending value.
func Bools(p *policy.Policy, q BoolQuery) iter.Seq[policy.BoolID] {
	return func(yield func(policy.BoolID) bool) {
		for id := range p.Bools() {
			if q.Name.accepts(p.BoolName(id)) && q.Default.accepts(p.DefaultBool(id)) && !yield(id) {
				return
			}
		}
	}
}

// A CategoryQuery selects categories; the zero CategoryQuery selects all.
type CategoryQuery struct {
	Name  Match // of the category or of one of its aliases
	Alias Match
}

// Categories yields the categories by ascending value.
func Categories(p *policy.Policy, q CategoryQuery) iter.Seq[policy.CatID] {
	return func(yield func(policy.CatID) bool) {
		for id := range p.Categories() {
			if acceptsAliased(q.Name, q.Alias, p.CategoryName(id), p.CategoryAliases(id)) && !yield(id) {
				return
			}
		}
	}
}

// acceptsAliased decides a criterion for a name or alias, and one for an alias.
func acceptsAliased(name, alias Match, own string, aliases iter.Seq[string]) bool {
	return (name.accepts(own) || name.acceptsAny(aliases)) && (alias.isZero() || alias.acceptsAny(aliases))
}

// A SensitivityQuery selects sensitivities; the zero SensitivityQuery selects
// all.
type SensitivityQuery struct {
	Name  Match // of the sensitivity or of one of its aliases
	Alias Match
	// Sens with Relation selects by dominance; LevelIncomp accepts nothing, since
	// sensitivities are totally ordered. 0 for no restriction.
	Sens     policy.SensID
	Relation LevelRelation
}

// Sensitivities yields the sensitivities by ascending value, their order of
// dominance.
func Sensitivities(p *policy.Policy, q SensitivityQuery) iter.Seq[policy.SensID] {
	return func(yield func(policy.SensID) bool) {
		for id := range p.Sensitivities() {
			m := LevelMatch{Level: policy.Level{Sens: uint32(q.Sens)}, Relation: q.Relation}
			if q.Sens != 0 && !m.accepts(policy.Level{Sens: uint32(id)}) {
				continue
			}
			if acceptsAliased(q.Name, q.Alias, p.SensitivityName(id), p.SensitivityAliases(id)) && !yield(id) {
				return
			}
		}
	}
}

// A PolicyCapQuery selects policy capabilities; the zero PolicyCapQuery selects
// all.
type PolicyCapQuery struct {
	Name Match
}

// PolicyCaps yields the capabilities that the policy has on, by ascending
// number.
func PolicyCaps(p *policy.Policy, q PolicyCapQuery) iter.Seq[policy.PolicyCap] {
	return func(yield func(policy.PolicyCap) bool) {
		for c := range p.PolicyCaps() {
			if q.Name.accepts(c.String()) && !yield(c) {
				return
			}
		}
	}
}
