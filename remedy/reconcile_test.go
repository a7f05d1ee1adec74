package remedy_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// TestReconcile: of two policies that should be the same, the one boolean that makes
// the difference is named; none where none does.
func TestReconcile(t *testing.T) {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	store := policy.New(db)
	flip := func(names ...string) *policy.Policy {
		other := db.Clone() // which shares what is not replaced
		other.Bools.Items = slices.Clone(other.Bools.Items)
		for i := range other.Bools.Items {
			for _, name := range names {
				if b := &other.Bools.Items[i]; b.Name == name {
					b.State ^= 1
				}
			}
		}
		return policy.New(other)
	}
	typ, _ := store.Type("haproxy_t")
	who, ok := subject.FromType(store, typ)
	if !ok {
		t.Fatal("haproxy_t has no context")
	}
	q := network.Question{Subject: who, Operation: network.Connect, Protocol: network.TCP, Port: 5601,
		Machine: network.Machine{Host: host.Standard()}}
	for _, c := range []struct {
		kernel *policy.Policy
		want   network.Verdict // of the store
		names  string
	}{
		{flip("haproxy_connect_any"), network.Denied, "haproxy_connect_any=off"},
		{flip("haproxy_connect_any", "httpd_can_network_connect"), network.Denied, "haproxy_connect_any=off"},
		{flip("httpd_can_network_connect"), network.Allowed, ""}, // no boolean of the store's explains that
		{flip(), network.Denied, ""},
	} {
		settings, err := remedy.Reconcile(c.kernel, store, q, c.want)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range settings {
			value := "off"
			if s.On {
				value = "on"
			}
			got += c.kernel.BoolName(s.Bool) + "=" + value
		}
		if got != c.names {
			t.Errorf("%q, want %q", got, c.names)
		}
	}
}
