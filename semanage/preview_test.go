package semanage_test

import (
	"bytes"
	"testing"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestPolicies: the previews have the content that is written, and that was there before.
func TestPolicies(t *testing.T) {
	for _, store := range []string{"default", "mls"} {
		root := stores.Copy(t, store)
		s, err := semanage.Open(semanage.Options{Root: root, Store: store})
		if err != nil {
			t.Fatal(err)
		}
		var written []byte
		for _, lines := range [][]string{
			{"port -a -t http_port_t -p tcp 5601", "boolean -m -1 httpd_can_network_connect",
				"interface -a -t netif_t eth7"},
			{"port -m -t http_cache_port_t -p tcp 5601", "port -a -t http_port_t -p udp 7000-8000",
				"node -a -t node_t -M 255.0.0.0 -p ipv4 10.0.0.0"},
			{"port -d -t http_cache_port_t -p tcp 5601", "boolean -m -0 httpd_can_network_connect"},
		} {
			tx, err := s.Begin()
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range lines {
				c, err := semanage.ParseCommand(line)
				if err != nil {
					t.Fatal(err)
				}
				if err := tx.Apply(c); err != nil {
					t.Fatal(err)
				}
			}
			before, after, err := tx.Policies()
			if err != nil {
				t.Fatal(err)
			}
			plan, err := tx.Plan()
			if err != nil {
				t.Fatal(err)
			}
			if written != nil && !bytes.Equal(policydb.Canonical(before).Encode(), written) {
				t.Errorf("%s: %q: before is not what was written", store, lines)
			}
			if written = plan.Policy; !bytes.Equal(policydb.Canonical(after).Encode(), written) {
				t.Errorf("%s: %q: after is not what is planned", store, lines)
			}
			if again, err := tx.Plan(); err != nil || again != plan {
				t.Errorf("%s: planned twice: %v", store, err)
			}
			if err := tx.Set(semanage.Boolean{Name: "httpd_can_network_connect", On: true}); err != nil {
				t.Fatal(err)
			}
			if again, err := tx.Plan(); err != nil || again == plan {
				t.Errorf("%s: a plan from before a change: %v", store, err)
			}
			if err := tx.Set(semanage.Boolean{Name: "httpd_can_network_connect"}); err != nil {
				t.Fatal(err)
			}
			r, err := tx.Commit()
			if err != nil {
				t.Fatal(err)
			}
			written = r.Policy
		}
	}
}
