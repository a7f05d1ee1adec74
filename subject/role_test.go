package subject_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/policies"
)

// rolePolicy has a domain that a service runs in, one whose role no user has, and
// one that no role has.
const rolePolicy = `
class process
sid kernel
class process { transition }
type service_t; type orphan_t; type lost_t;
allow service_t self:process transition;
role system_r; role orphan_r;
role system_r types service_t;
role orphan_r types orphan_t;
user system_u roles system_r;
sid kernel system_u:system_r:service_t
`

// TestObjectRole: older policies list all types under object_r. No process runs in
// that role, so the types that no other role has, or only one that no user has, are
// no domains; the message names the link that is missing.
func TestObjectRole(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	path, err := policies.Compile([]byte(rolePolicy), policies.Options{Version: 33})
	if err != nil {
		t.Fatal(err)
	}
	read, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	db := read.Clone()
	db.Roles.Items = slices.Clone(db.Roles.Items)
	for i := range db.Roles.Items {
		if r := &db.Roles.Items[i]; r.Name == "object_r" {
			r.Types = policydb.BitmapOf(0, 1, 2)
		}
	}
	for i := range db.Users.Items { // as those policies have it
		db.Users.Items[i].Roles = db.Users.Items[i].Roles.With(0)
	}
	p := policy.New(db)
	for _, tt := range []struct{ typ, context, message string }{
		{"service_t", "system_u:system_r:service_t", ""},
		{"orphan_t", "", "no user of the policy may have the role orphan_r"},
		{"lost_t", "", "no role of the policy may have the type lost_t"},
	} {
		id, ok := p.Type(tt.typ)
		if !ok {
			t.Fatalf("no type %s", tt.typ)
		}
		c, ok := subject.FromType(p, id)
		if ok != (tt.context != "") || ok && p.FormatContext(c) != tt.context {
			t.Errorf("%s: %v %s, want %q", tt.typ, ok, p.FormatContext(c), tt.context)
		}
		if tt.message == "" {
			continue
		}
		if _, err := subject.Resolve(p, tt.typ); err == nil || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v, want %q", tt.typ, err, tt.message)
		}
	}
	// A context that is written out is no process's either.
	if _, err := subject.Resolve(p, "system_u:object_r:service_t"); err == nil ||
		!strings.Contains(err.Error(), "no process has the role object_r") {
		t.Errorf("a context in object_r: %v", err)
	}
}
