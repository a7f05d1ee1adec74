package semanage_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestPolicyRecords: the kernel policy's records are the local ones, the last
// first, before the policy's own, and each is what Lookup finds for its key.
func TestPolicyRecords(t *testing.T) {
	root := stores.Copy(t, "default")
	s := open(t, root)
	mustApply(t, s,
		"port -a -t http_port_t -p tcp 5601\nport -a -t ssh_port_t -r 's0:c1' -p udp 9000-9010\nnode -a -M /8 -p "+
			"ipv4 -t node_t 10.0.0.0\nnode -a -M /32 -p ipv6 -t node_t 2001:db8::\ninterface -a -t netif_t "+
			"eth0\nboolean -m --on ftp_home_dir")
	db, err := s.KernelPolicy()
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Close()
	for _, kind := range semanage.Kinds() {
		records := semanage.PolicyRecords(db, kind)
		local := 0
		first := map[semanage.Key]bool{}
		for _, r := range records {
			if r.Kind() != kind {
				t.Fatalf("%v among %v", r, kind)
			}
			if first[r.Key()] {
				continue
			}
			first[r.Key()] = true
			want, isLocal, ok := tx.Lookup(r.Key())
			if u, ok := want.(semanage.User); ok {
				u.Prefix = "user" // which the kernel policy does not have
				want = u
			}
			if !ok || want != r {
				t.Errorf("%v, but Lookup has %v", r, want)
			}
			if isLocal {
				local++
			}
		}
		if want := len(tx.Records(kind)); local != want {
			t.Errorf("%d of %d local %s records", local, want, kind)
		}
	}
	ports := semanage.PolicyRecords(db, semanage.Ports)
	if len(ports) < 400 || len(semanage.PolicyRecords(db, semanage.Booleans)) < 100 {
		t.Error("the policy's own records are missing")
	}
	if i := slices.IndexFunc(ports, func(r semanage.Record) bool {
		return r.Key().String() == "udp/9000-9010"
	}); i != 0 && i != 1 {
		t.Errorf("a local port is number %d", i)
	}
}

// TestDefined: what is defined, and where; names of types and what they stand for.
func TestDefined(t *testing.T) {
	root := stores.Copy(t, "default")
	s := open(t, root)
	mustApply(t, s, "port -a -t http_port_t -p tcp 5601")
	if !s.Configured() {
		t.Error("the store of the configuration")
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Close()
	port := func(n uint16) semanage.Key { return semanage.PortKey{Protocol: semanage.TCP, Low: n, High: n} }
	for _, strict := range []bool{true, false} {
		tx.Strict = strict
		if err := tx.DeleteAll(semanage.Ports); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			key            semanage.Key
			defined, local bool
		}{
			{port(80), true, false},
			{port(5601), strict, false}, // deleted: still in the policy that a strict transaction asks
			{port(5602), false, false},
			{semanage.BooleanKey("ftp_home_dir"), true, false},
			{semanage.BooleanKey("none"), false, false},
		} {
			if defined, local := tx.Defined(c.key); defined != c.defined || local != c.local {
				t.Errorf("strict %v: %v: %v %v", strict, c.key, defined, local)
			}
		}
	}
	for _, c := range []struct {
		kind semanage.Kind
		name string
		want string
		ok   bool
	}{
		{semanage.Ports, "http_port_t", "http_port_t", true},
		{semanage.Ports, "httpd_t", "httpd_t", false},
		{semanage.Ports, "nosuch_t", "nosuch_t", false},
		{semanage.Interfaces, "httpd_t", "httpd_t", true},
		{semanage.Interfaces, "port_type", "port_type", false}, // an attribute
	} {
		if got, err := tx.TypeFor(c.kind, c.name); got != c.want || (err == nil) != c.ok || !c.ok &&
			!errors.Is(err, semanage.ErrType) {
			t.Errorf("%v %s: %q %v", c.kind, c.name, got, err)
		}
	}
	if tx.BooleanName("ftp_home_dir") != "ftp_home_dir" {
		t.Error("the name of a boolean")
	}
}
