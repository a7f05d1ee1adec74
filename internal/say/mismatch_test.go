package say_test

import (
	"context"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// TestMismatch: the store allows an operation that the running kernel refuses. Where a boolean
// that is set for now is the reason, the command sets it; else the kernel has another policy,
// and is to load the store's.
func TestMismatch(t *testing.T) {
	ask := func(on bool, target string) *senet.Answer {
		db, err := policydb.DecodeString(examples.Policy())
		if err != nil {
			t.Fatal(err)
		}
		for i := range db.Bools.Items {
			// Another boolean differs too, and is not to blame.
			if b := &db.Bools.Items[i]; on && (b.Name == "haproxy_connect_any" ||
				b.Name == "httpd_can_network_connect") {
				b.State = 1
			}
		}
		s, err := senet.OpenPolicy(policy.New(db), senet.Source{}, senet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		to, err := senet.ParseTarget(target, "")
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Can(context.Background(), senet.Query{Subject: "haproxy_t", Operation: network.Connect, Target: to})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, test := range []struct {
		store, kernel *senet.Answer
		next          string
	}{
		{ask(true, "tcp/5601"), ask(false, "tcp/5601"), "setsebool haproxy_connect_any=on"},
		// The store may have a record that the kernel does not: no boolean explains it.
		{ask(false, "tcp/80"), ask(false, "tcp/5601"), "semodule -R"},
	} {
		if test.store.Verdict != network.Allowed || test.kernel.Verdict != network.Denied {
			t.Fatalf("store %s, kernel %s", test.store.Verdict, test.kernel.Verdict)
		}
		var b words.Page
		if got := say.Mismatch(&b, test.kernel, test.store); got.String() != test.next {
			t.Errorf("next is %q, want %q\n%s", got, test.next, b.String())
		}
		if !strings.HasPrefix(b.String(), "why   the store differs; the running kernel has ") {
			t.Errorf("%q", b.String())
		}
	}
}
