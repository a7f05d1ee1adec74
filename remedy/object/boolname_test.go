package object_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/remedy/object"
)

// TestGainOfItself: what a process asks of itself other domains gain for themselves, by rules of the same boolean.
func TestGainOfItself(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	httpd := context(t, p, "system_u:system_r:httpd_t:s0")
	r := object.Find(access.NewDecider(p), object.Problem{Source: httpd, Target: httpd, Class: "process",
		Perms: []string{"execmem"}})
	for _, f := range r.Fixes {
		if f.Kind == object.Boolean && f.Name(p) == "bool:httpd_execmem" {
			if !slices.Equal(f.Gain, []string{"httpd_suexec_t", "httpd_sys_script_t"}) {
				t.Errorf("got %v", f.Gain)
			}
			return
		}
	}
	t.Errorf("no boolean: %+v", r.Fixes)
}
