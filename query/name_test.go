package query_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/query"
)

// TestUnknownNames: an unknown name is an error with its kind, and of several the one that sesearch looks up first.
func TestUnknownNames(t *testing.T) {
	p := rulesPolicy(t)
	te := func(q query.TERuleQuery) error { _, err := query.TERules(p, q); return err }
	rbac := func(q query.RBACRuleQuery) error { _, err := query.RBACRules(p, q); return err }
	mls := func(q query.MLSRuleQuery) error { _, err := query.MLSRules(p, q); return err }
	file := query.ClassMatch{Names: []string{"file"}}
	for _, test := range []struct {
		name string
		err  error
		want query.UnknownError
	}{
		{"target before source", te(query.TERuleQuery{Source: named("a"), Target: named("b")}),
			query.UnknownError{Kind: query.NameType, Names: []string{"b"}}},
		{"source before default", te(query.TERuleQuery{Source: named("a"), Default: named("b")}),
			query.UnknownError{Kind: query.NameType, Names: []string{"a"}}},
		{"default before class", te(query.TERuleQuery{Default: named("b"),
			Classes: query.ClassMatch{Names: []string{"c"}}}),
			query.UnknownError{Kind: query.NameType, Names: []string{"b"}}},
		{"class", te(query.TERuleQuery{Classes: query.ClassMatch{Names: []string{"file", "c"}}}),
			query.UnknownError{Kind: query.NameClass, Names: []string{"c"}}},
		{"the empty class", te(query.TERuleQuery{Classes: query.ClassMatch{Names: []string{"file", ""}}}),
			query.UnknownError{Kind: query.NameClass, Names: []string{""}}},
		{"permissions, all of them, once", te(query.TERuleQuery{Perms: perms("read", "b", "a", "b")}),
			query.UnknownError{Kind: query.NamePerm, Names: []string{"b", "a"}}},
		{"a permission of another class", te(query.TERuleQuery{Classes: file, Perms: perms("search", "read")}),
			query.UnknownError{Kind: query.NamePerm, Names: []string{"search"}, Classes: []string{"file"}}},
		{"boolean", te(query.TERuleQuery{Bools: perms("x", "b")}),
			query.UnknownError{Kind: query.NameBool, Names: []string{"b"}}},
		{"a type is no role", rbac(query.RBACRuleQuery{Source: query.Match{Text: "ty1"}}),
			query.UnknownError{Kind: query.NameRole, Names: []string{"ty1"}}},
		{"a target that is neither type nor role", rbac(query.RBACRuleQuery{Target: named("b"),
			Source: query.Match{Text: "a"}}),
			query.UnknownError{Kind: query.NameRole, Names: []string{"b"}}},
		{"range_transition", mls(query.MLSRuleQuery{Target: named("b")}),
			query.UnknownError{Kind: query.NameType, Names: []string{"b"}}},
	} {
		var got *query.UnknownError
		if !errors.As(test.err, &got) {
			t.Errorf("%s: %v", test.name, test.err)
			continue
		}
		if got.Kind != test.want.Kind || !slices.Equal(got.Names, test.want.Names) ||
			!slices.Equal(got.Classes, test.want.Classes) {
			t.Errorf("%s: got %+v, want %+v", test.name, *got, test.want)
		}
	}
	e := &query.UnknownError{Kind: query.NamePerm, Names: []string{"a", "b"}, Classes: []string{"file"}}
	if got, want := e.Error(), `unknown permission "a", "b" in the given classes`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
