package query_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
	"github.com/senet-selinux/senet/test/policies"
)

// rulesConf has one rule or few for each thing a rule query can ask.
//
// Members: both is ty1 and ty2, pair ty2 and ty3, none nothing.
const rulesConf = `
class process
class file
class dir
sid kernel
common rw { ioctl read write }
class process { transition dyntransition }
class file inherits rw { execute }
class dir inherits rw { search }
sensitivity s0; sensitivity s1;
dominance { s0 s1 }
category c0; category c1; category c2;
level s0:c0.c2; level s1:c0.c2;
mlsconstrain file read ( l1 dom l2 );
attribute both; attribute pair; attribute none;
type ty1, both;
type ty2, both, pair;
type ty3, pair;
type ty4;
type ty5 alias ty5_alias;
bool x true; bool y false; bool z false;

allow ty1 ty4:file { read write };
allow ty1 ty4:dir { read search };
allow both ty4:file execute;
allow pair ty5:file { read write execute };
allow ty3 ty1:process transition;
allow none ty4:dir search;
auditallow ty1 ty4:file read;
dontaudit ty1 ty5:file write;
type_transition ty1 ty3:process ty4;
type_transition ty1 ty5:file ty2;
type_transition ty1 ty5:file ty3 "file name";
type_transition ty2 ty5:dir ty3 "other";
type_change ty1 ty5:dir ty3;
type_member ty1 ty4:dir ty5;
allowxperm ty1 ty4:file ioctl { 0x5401 0x5403-0x5405 };
allowxperm ty1 ty5:file ioctl { 0x8800-0x88ff };
if (x) { allow ty1 ty2:file read; } else { allow ty1 ty2:file write; }
if (x && y) { allow ty1 ty3:file read; }
if (z) { type_transition ty3 ty5:file ty1; }

role ro1; role ro2; role ro3;
role ro1 types { ty1 ty2 ty3 ty4 ty5 }; role ro2 types ty4; role ro3 types ty1;
allow ro1 ro2;
allow ro2 ro3;
role_transition ro1 ty3:process ro2;
role_transition ro1 pair:file ro3;
range_transition ty1 ty3:process s0 - s1:c0.c2;
range_transition pair ty5:file s0:c1;
user u roles { ro1 ro2 ro3 } level s0 range s0 - s1:c0.c2;
sid kernel u:ro1:ty1:s0 - s1:c0.c2
`

// rulesPolicy returns rulesConf, compiled.
func rulesPolicy(t testing.TB) *policy.Policy {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Compile([]byte(rulesConf), policies.Options{Version: 33, MLS: true})
	if err != nil {
		t.Fatal(err)
	}
	return openPolicy(t, path)
}

func openPolicy(t testing.TB, path string) *policy.Policy {
	t.Helper()
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// teText writes a rule shortly, booleans of its conditional in parentheses.
func teText(p *policy.Policy, r query.TERule) string {
	kinds := map[policy.RuleKind]string{
		policy.Allow: "allow", policy.AuditAllow: "auditallow", policy.DontAudit: "dontaudit",
		policy.TypeTransition: "trans",
		policy.TypeChange:     "change", policy.TypeMember: "member", policy.AllowXPerm: "allowx",
	}
	s := fmt.Sprintf("%s %s %s:%s", kinds[r.Kind], p.TypeName(r.Source), p.TypeName(r.Target), p.ClassName(r.Class))
	switch {
	case r.Kind&policy.AccessRules != 0:
		for i, perm := range p.Perms(r.Class) {
			if r.Perms>>i&1 != 0 {
				s += " " + perm
			}
		}
	case r.Kind&policy.TypeRules != 0:
		s += " " + p.TypeName(r.Default)
	}
	if r.Named {
		s += fmt.Sprintf(" %q", r.FileName)
	}
	if r.Cond != 0 {
		s += fmt.Sprintf(" (%s %v)", strings.Join(query.CondBoolNames(p, r.Cond), " "), r.Branch)
	}
	return s
}
