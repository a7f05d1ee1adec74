package senet_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// TestModulesVerified: the module of every fix, compiled into the policy alone, has the
// effect that the fix is offered with; another module has not.
func TestModulesVerified(t *testing.T) {
	policies := []string{senet.Example}
	const debian = "/etc/selinux/default/policy/policy.33"
	if _, err := os.Stat(debian); err == nil && !testing.Short() {
		policies = append(policies, debian)
	}
	for _, path := range policies {
		s := open(t, senet.Options{Policy: path})
		for _, q := range []senet.Query{
			{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)},
			{Subject: "sshd_t", Operation: senet.Listen, Target: senet.TCP(2222)},
			{Subject: "haproxy_t", Operation: senet.Bind, Target: senet.TCP(25)},
		} {
			fixes, err := s.Fixes(context.Background(), q)
			if err != nil {
				continue // a type that the policy does not have
			}
			kinds := map[remedy.Kind]bool{}
			for i, f := range fixes.List {
				if len(f.Module) == 0 || f.Kind == remedy.Label {
					continue
				}
				kinds[f.Kind] = true
				if err := fixes.Verify(i); err != nil {
					t.Errorf("%s, %v: %v", path, q, err)
				}
				broken(t, fixes, i)
			}
			if fixes.Answer.Verdict == network.Denied && !kinds[remedy.Permissive] {
				t.Errorf("%s, %v: %v of %d fixes", path, q, kinds, len(fixes.List))
			}
		}
	}
}

// broken replaces the module of a fix: by one that says nothing, and by one that names
// what is not there.
func broken(t *testing.T, fixes *senet.Fixes, i int) {
	t.Helper()
	f := &fixes.List[i]
	if f.Local || f.Exists {
		return // a record does the rest
	}
	whole := f.Module
	f.Module = []cil.Node{cil.Call("type", cil.Sym("senet_nothing_t"))}
	if err := fixes.Verify(i); f.Works && err == nil {
		t.Errorf("%s: an empty module is taken", f.Kind)
	}
	f.Module = slices.Concat(whole, []cil.Node{cil.Call("allow", cil.Sym("nosuch_t"), cil.Sym("nosuch_t"),
		cil.List(cil.Sym("tcp_socket"), cil.Syms("name_bind")))})
	if err := fixes.Verify(i); err == nil {
		t.Errorf("%s: a module that does not compile is taken", f.Kind)
	}
	f.Module = whole
}
