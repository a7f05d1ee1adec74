package policy_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestParseLevel: spans, lists, aliases, and what the kernel's
// mls_context_to_sid refuses.
func TestParseLevel(t *testing.T) {
	pol := small(t, 33, "selinux", true).policy(t) // s0 s1 s2, c0 c1 c2 c3 c70
	tests := []struct{ text, want string }{
		{"s0", "s0"}, {"s2:c0", "s2:c0"}, {"s0:c0,c1", "s0:c0,c1"}, {"s0:c0.c1", "s0:c0,c1"}, {"s0:c0.c2", "s0:c0.c2"},
		{"s0:c0.c2,c70", "s0:c0.c2,c70"}, {"s0:c70,c3,c2,c0", "s0:c0,c2.c70"}, {"s1:c0.c70", "s1:c0.c70"},
		{"s0:c1,c1,c1", "s0:c1"},
		{"s0:c0.c2,c1.c3", "s0:c0.c3"}, {"bottom:there", "s0:c2"}, {"top", "s2"}, {"s0:here.yonder", "s0:c0.c2"},
		{"", ""}, {"s3", ""}, {"S0", ""}, {"s0:", ""}, {"s0:c4", ""}, {"s0:c0,", ""}, {"s0:,c0", ""}, {"s0:c0.", ""},
		{"s0:.c0", ""},
		{"s0:c1.c0", ""}, {"s0:c0.c0", ""}, {"s0:c0.c1.c2", ""}, {"s0:c0-s1", ""}, {"s0 ", ""}, {"s0: c0", ""},
		{"s0:c0:c1", ""},
	}
	for _, tt := range tests {
		level, err := pol.ParseLevel(tt.text)
		if (err == nil) != (tt.want != "") {
			t.Errorf("%q: error %v", tt.text, err)
		}
		if err == nil && pol.FormatLevel(level) != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, pol.FormatLevel(level), tt.want)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"s0", "s0"}, {"s0-s0", "s0"}, {"s0-s1:c0", "s0-s1:c0"}, {"s0:c0-s0:c0", "s0:c0"},
		{"s0:c0-s0:c0.c3", "s0:c0-s0:c0.c3"},
		{"s0-", ""}, {"-s0", ""}, {"s0-s1-s2", ""}, {"s0-c0", ""},
	} {
		r, err := pol.ParseRange(tt.text)
		if (err == nil) != (tt.want != "") {
			t.Errorf("%q: error %v", tt.text, err)
		}
		if err == nil && (pol.FormatRange(r) != tt.want || r.Single != !strings.Contains(tt.want, "-")) {
			t.Errorf("%q: %q (single %t), want %q", tt.text, pol.FormatRange(r), r.Single, tt.want)
		}
	}
}

// TestParseContextSpaces: the kernel knows no spaces in a range
// (mls_context_to_sid looks up "s0 " as a name).
func TestParseContextSpaces(t *testing.T) {
	pol := small(t, 33, "selinux", true).policy(t)
	for _, text := range []string{"system_u:init_r:init_t:s0 - s1", "system_u:init_r:init_t: s0",
		"system_u:init_r:init_t:s0 ", "system_u:init_r:init_t:s0\n"} {
		if c, err := pol.ParseContext(text); err == nil {
			t.Errorf("%q is %s", text, pol.FormatContext(c))
		}
	}
}

func TestDominates(t *testing.T) {
	level := func(sens uint32, cats ...uint32) policy.Level {
		return policy.Level{Sens: sens, Cats: policydb.BitmapOf(cats...)}
	}
	tests := []struct {
		a, b      policy.Level
		dom, same bool
	}{
		{level(1), level(1), true, true}, {level(2), level(1), true, false}, {level(1), level(2), false, false},
		{level(1, 0, 70), level(1, 70), true, false}, {level(1, 0), level(1, 70), false, false},
		{level(2, 0), level(1, 0, 1), false, false},
		{level(1, 0, 70), level(1, 70, 0), true, true}, {level(2), level(1, 5), false, false},
	}
	for _, tt := range tests {
		if policy.Dominates(tt.a, tt.b) != tt.dom || policy.SameLevel(tt.a, tt.b) != tt.same {
			t.Errorf("%+v, %+v: dominates %t, same %t", tt.a, tt.b, policy.Dominates(tt.a, tt.b),
				policy.SameLevel(tt.a, tt.b))
		}
	}
}

// TestParseContext: the form, each part, and with and without MLS.
func TestParseContext(t *testing.T) {
	mls, plain := small(t, 33, "selinux", true).policy(t), small(t, 33, "selinux", false).policy(t)
	tests := []struct {
		pol        *policy.Policy
		text, want string // want "" where it is refused
	}{
		{mls, "system_u:init_r:init_t:s0", "system_u:init_r:init_t:s0"},
		{mls, "system_u:init_r:init_t:s0-s1:c0.c2", "system_u:init_r:init_t:s0-s1:c0.c2"},
		{mls, "system_u:init_r:old_web_t:bottom", "system_u:init_r:web_t:s0"},
		{mls, "system_u:object_r:file_t:s2:c70", "system_u:object_r:file_t:s2:c70"},
		{mls, "system_u:init_r:init_t", ""},      // no range
		{mls, "system_u:init_r:init_t:", ""},     // an empty one
		{mls, "system_u:init_r:file_t:s0", ""},   // role and type
		{mls, "plain_u:init_r:init_t:s1:c0", ""}, // user and role
		{mls, "plain_u:user_r:web_t:s0", ""},     // below the user's range
		{mls, "plain_u:user_r:web_t:s1:c0", "plain_u:user_r:web_t:s1:c0"},
		{mls, "plain_u:user_r:web_t:s1:c0,c1-s1:c0", ""},                  // upside down
		{mls, "plain_u:object_r:file_t:s2", "plain_u:object_r:file_t:s2"}, // objects are not held to the user's range
		{mls, "system_u:object_r:file_t:s0:c2", ""},                       // a category that s0 may not have
		{mls, "system_u:init_r:domain:s0", ""},                            // an attribute
		{mls, "nosuch:init_r:init_t:s0", ""}, {mls, "system_u:nosuch:init_t:s0", ""},
		{mls, "system_u:init_r:nosuch:s0", ""},
		{mls, "", ""}, {mls, ":", ""}, {mls, "::", ""}, {mls, ":::", ""}, {mls, "system_u:init_r", ""},
		{plain, "system_u:init_r:init_t", "system_u:init_r:init_t"},
		{plain, "system_u:init_r:init_t:s0", ""}, {plain, "system_u:init_r:init_t:", ""},
		{plain, "system_u:object_r:file_t", "system_u:object_r:file_t"},
	}
	for _, tt := range tests {
		c, err := tt.pol.ParseContext(tt.text)
		switch {
		case tt.want == "" && !errors.Is(err, policy.ErrBadContext):
			t.Errorf("%q: %v", tt.text, err)
		case tt.want != "" && (err != nil || tt.pol.FormatContext(c) != tt.want):
			t.Errorf("%q: %q, %v, want %q", tt.text, tt.pol.FormatContext(c), err, tt.want)
		}
	}
}

// TestValidateContextAgainstLibsepol: random combinations of what the policy
// has, most of which are not valid.
func TestValidateContextAgainstLibsepol(t *testing.T) {
	oracle.Need(t)
	rng := rand.New(rand.NewPCG(4, 33))
	for _, p := range []testPolicy{small(t, 33, "selinux", true), small(t, 33, "selinux", false),
		small(t, 19, "selinux", true),
		debianPolicy(t, "default"), debianPolicy(t, "mls")} {
		pol := p.policy(t)
		var users, roles, types []string
		for id := range pol.Users() {
			users = append(users, pol.UserName(id))
		}
		for id := range pol.Roles() {
			roles = append(roles, pol.RoleName(id))
		}
		for id := range pol.Types() {
			types = append(types, pol.TypeName(id))
		}
		for id := range pol.AllAttributes() {
			types = append(types, pol.TypeName(id))
			if len(types)%100 == 0 {
				break
			}
		}
		level := func() string {
			s := []string{"s0", "s1", "s2", "s9"}[rng.IntN(4)]
			return s + []string{"", "", ":c0", ":c1", ":c0,c1", ":c0.c2", ":c70", ":c0.c1,c70", ":c2.c1"}[rng.IntN(9)]
		}
		var contexts, queries []string
		for range 20000 {
			role := roles[rng.IntN(len(roles))]
			c := users[rng.IntN(len(users))] + ":" + role + ":"
			if id, _ := pol.Role(role); rng.IntN(2) == 0 && !pol.RoleTypes(id).IsEmpty() {
				own := slices.Collect(pol.RoleTypes(id).All())
				c += pol.TypeName(own[rng.IntN(len(own))])
			} else {
				c += types[rng.IntN(len(types))]
			}
			if pol.MLS() || rng.IntN(20) == 0 {
				c += ":" + level()
				if rng.IntN(2) == 0 {
					c += "-" + level()
				}
			}
			contexts = append(contexts, c)
			queries = append(queries, c+" "+c+" file")
		}
		got, err := oracle.Access(p.path, queries)
		if err != nil {
			t.Fatal(err)
		}
		valid := 0
		for i, c := range contexts {
			parsed, err := pol.ParseContext(c)
			if (err == nil) != (got[i].Err == "") {
				t.Errorf("%s: %s: error %v, libsepol says %q", p.name, c, err, got[i].Err)
			}
			if err != nil {
				continue
			}
			valid++
			again, err := pol.ParseContext(pol.FormatContext(parsed))
			if err != nil || again != parsed && pol.FormatContext(again) != pol.FormatContext(parsed) {
				t.Errorf("%s: %s does not survive being written: %v", p.name, c, err)
			}
		}
		t.Logf("%s: %d of %d valid", p.name, valid, len(contexts))
		if valid == 0 || valid == len(contexts) {
			t.Errorf("%s: %d of %d valid", p.name, valid, len(contexts))
		}
	}
}
