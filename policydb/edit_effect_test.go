package policydb_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// access asks libsepol one question of an encoded policy.
func access(t *testing.T, image []byte, query string, bools ...string) oracle.Decision {
	t.Helper()
	d, err := oracle.Access(tempPolicy(t, image), []string{query}, bools...)
	if err != nil {
		t.Fatal(err)
	}
	if d[0].Err != "" {
		t.Fatalf("%s: %s", query, d[0].Err)
	}
	return d[0]
}

// TestSetBoolEffect: without bools libsepol believes the enabled bits of the
// file, so SetBool must set them as libsepol itself would.
func TestSetBoolEffect(t *testing.T) {
	oracle.Need(t)
	for _, version := range []int{16, 19, 20, 33} {
		p := small(t, version, "selinux", version >= 19)
		level := ""
		if p.mls() {
			level = ":s0"
		}
		queries := []string{
			"system_u:init_r:db_t" + level + " system_u:object_r:db_port_t" + level + " tcp_socket",
			"system_u:init_r:web_t" + level + " system_u:object_r:db_port_t" + level + " tcp_socket",
			"system_u:init_r:web_t" + level + " system_u:object_r:db_port_t" + level + " udp_socket",
		}
		names := []string{"web_can_network", "db_can_network", "audit_everything"}
		for state := range 8 {
			clone := decode(t, p.image)
			var bools []string
			for i, name := range names {
				on := state>>i&1 != 0
				ok(t, clone.SetBool(name, on))
				bools = append(bools, fmt.Sprintf("%s=%d", name, state>>i&1))
			}
			path := tempPolicy(t, clone.Encode())
			got, err := oracle.Access(path, queries)
			ok(t, err)
			want, err := oracle.Access(p.path, queries, bools...)
			ok(t, err)
			for i := range queries {
				if got[i] != want[i] || got[i].Err != "" {
					t.Errorf("%s, %v, %s: got %+v, want %+v", p.name, bools, queries[i], got[i], want[i])
				}
			}
		}
	}
}

// TestSetBoolAndBack: on and off again gives the original bytes.
func TestSetBoolAndBack(t *testing.T) {
	p := debianPolicy(t, "default")
	db := decode(t, p.image)
	for _, b := range decode(t, p.image).Bools.Items {
		ok(t, db.SetBool(b.Name, b.State == 0))
	}
	if len(db.Bools.Items) == 0 || string(db.Encode()) == string(p.image) {
		t.Fatal("nothing changed")
	}
	for _, b := range decode(t, p.image).Bools.Items {
		ok(t, db.SetBool(b.Name, b.State != 0))
	}
	sameBytes(t, "all booleans there and back", db.Encode(), p.image)
}

// TestAddAndRemove: an edit undone leaves the original bytes.
func TestAddAndRemove(t *testing.T) {
	for _, p := range realPolicies(t) {
		db := decode(t, p.image)
		context := db.OContexts.InitialSIDs[0].Context
		before := len(db.OContexts.Ports)
		for port := range uint32(100) {
			ok(t, db.AddPort(policydb.PortCon{Protocol: 6, Low: port + 1, High: port + 1, Context: context}))
		}
		if db.OContexts.Ports[0].Low != 100 || len(db.OContexts.Ports) != before+100 {
			t.Fatalf("%d portcons, the first %+v", len(db.OContexts.Ports), db.OContexts.Ports[0])
		}
		for range 100 {
			ok(t, db.RemovePort(0))
		}
		sameBytes(t, p.name+" after 100 portcons there and back", db.Encode(), p.image)
		ok(t, db.SetPermissive(1, true))
		ok(t, db.SetPermissive(1, false))
		sameBytes(t, p.name+" after a permissive type there and back", db.Encode(), p.image)
	}
}

// TestAddTypeEffect: a new type is granted what its attributes are granted, and
// held by the constraints that name them: libsepol decides for it as for a type
// that had the same attributes and no rules of its own.
func TestAddTypeEffect(t *testing.T) {
	oracle.Need(t)
	p := small33(t)
	db := decode(t, p.image)
	domain, trusted := typeValue(t, db, "domain"), typeValue(t, db, "trusted")
	plain, err := db.AddType("plain_t", domain)
	ok(t, err)
	special, err := db.AddType("special_t", domain, trusted)
	ok(t, err)
	object, err := db.AddType("object_t")
	ok(t, err)
	write := permission(t, db, "file", "write")
	read := permission(t, db, "file", "read")
	for _, source := range []uint32{plain, special} {
		ok(t, db.AddAllow(source, object, classValue(t, db, "file"), write|read))
		for _, r := range db.Roles.Items {
			if r.Name == "user_r" {
				ok(t, db.AddRoleType(r.Value, source))
			}
		}
	}
	image := db.Encode()
	tests := []struct {
		rule, query string
		want, mask  uint32
	}{
		{"domain may read file_t", "system_u:user_r:plain_t:s0 system_u:object_r:file_t:s0 file", read, read | write},
		{"the rules of its own", "system_u:user_r:plain_t:s0 system_u:object_r:object_t:s0 file", read | write,
			read | write},
		{"constrain: u1 == u2 or t1 == trusted or u2 == { plain_u admin_u }",
			"admin_u:user_r:plain_t:s0 system_u:object_r:object_t:s0 file", read, read | write},
		{"the same for a trusted type", "admin_u:user_r:special_t:s0 system_u:object_r:object_t:s0 file",
			read | write, read | write},
		{"mlsconstrain: l1 dom l2 or h1 dom h2 or t1 == trusted",
			"system_u:user_r:plain_t:s0 system_u:object_r:object_t:s1:c0 file", 0, read},
		{"the same for a trusted type", "system_u:user_r:special_t:s0 system_u:object_r:object_t:s1:c0 file", read,
			read},
	}
	for _, tt := range tests {
		if got := access(t, image, tt.query); got.Allowed&tt.mask != tt.want {
			t.Errorf("%s: %s: allowed %#x, want %#x", tt.rule, tt.query, got.Allowed&tt.mask, tt.want)
		}
	}
}

// TestAddTypeConstrainedDebian: on Debian's policy, where the constraints of MCS
// name the types they are for by an attribute.
func TestAddTypeConstrainedDebian(t *testing.T) {
	oracle.Need(t)
	p := debianPolicy(t, "default")
	db := decode(t, p.image)
	domain := typeValue(t, db, "domain")
	free, err := db.AddType("free_t", domain)
	ok(t, err)
	held, err := db.AddType("held_t", domain, typeValue(t, db, "mcs_constrained_type"))
	ok(t, err)
	object, err := db.AddType("senet_object_t", typeValue(t, db, "file_type"))
	ok(t, err)
	read := permission(t, db, "file", "read")
	for _, source := range []uint32{free, held} {
		ok(t, db.AddAllow(source, object, classValue(t, db, "file"), read))
		for _, r := range db.Roles.Items {
			if r.Name == "system_r" {
				ok(t, db.AddRoleType(r.Value, source))
			}
		}
	}
	image := db.Encode()
	for _, tt := range []struct {
		source, level string
		want          uint32
	}{
		{"free_t", "s0", read}, {"free_t", "s0:c1", read}, {"held_t", "s0", read}, {"held_t", "s0:c1", 0},
	} {
		query := fmt.Sprintf("system_u:system_r:%s:s0 system_u:object_r:senet_object_t:%s file", tt.source, tt.level)
		if got := access(t, image, query); got.Allowed&read != tt.want {
			t.Errorf("%s: allowed %#x, want %#x", query, got.Allowed&read, tt.want)
		}
	}
}

// TestEditErrors: what an edit refuses, and that it then changed nothing.
func TestEditErrors(t *testing.T) {
	new33, old18, old16, old22 := small33(t), small(t, 18, "selinux", false), small(t, 16, "selinux", false), small(t,
		22, "selinux", false)
	good := decode(t, new33.image).OContexts.Ports[0].Context
	bad := func(edit func(c *policydb.Context)) policydb.Context {
		c := good
		edit(&c)
		return c
	}
	port := func(low, high, protocol uint32) policydb.PortCon {
		return policydb.PortCon{Protocol: protocol, Low: low, High: high, Context: good}
	}
	addType := func(name string, attributes ...uint32) func(p *policydb.Policy) error {
		return func(p *policydb.Policy) error {
			_, err := p.AddType(name, attributes...)
			return err
		}
	}
	tests := []struct {
		name   string
		policy testPolicy
		noSuch bool
		edit   func(p *policydb.Policy) error
	}{
		{"unknown boolean", new33, true, func(p *policydb.Policy) error { return p.SetBool("nosuch", true) }},
		{"port range upside down", new33, false, func(p *policydb.Policy) error { return p.AddPort(port(2, 1, 6)) }},
		{"port beyond 16 bits", new33, false, func(p *policydb.Policy) error { return p.AddPort(port(1, 65536, 6)) }},
		{"protocol beyond 8 bits", new33, false, func(p *policydb.Policy) error { return p.AddPort(port(1, 1, 256)) }},
		// The kernel refuses a policy with such a record (ocontext_read).
		{"port 0", new33, false, func(p *policydb.Policy) error { return p.AddPort(port(0, 0, 6)) }},
		{"user 0", new33, true, func(p *policydb.Policy) error {
			return p.AddPort(policydb.PortCon{Protocol: 6, Low: 1, High: 1,
				Context: bad(func(c *policydb.Context) { c.User = 0 })})
		}},
		{"role beyond the roles", new33, true, func(p *policydb.Policy) error {
			return p.AddNode(policydb.NodeCon{Context: bad(func(c *policydb.Context) { c.Role = 99 })})
		}},
		{"type beyond the types", new33, true, func(p *policydb.Policy) error {
			return p.AddNode6(policydb.NodeCon6{Context: bad(func(c *policydb.Context) { c.Type = 9999 })})
		}},
		{"no sensitivity", new33, true, func(p *policydb.Policy) error {
			return p.AddNetif(policydb.NetifCon{Name: "x", If: good,
				Packet: bad(func(c *policydb.Context) { c.Range = policydb.Range{} })})
		}},
		{"category beyond the categories", new33, true, func(p *policydb.Policy) error {
			return p.AddNetif(policydb.NetifCon{Name: "x", Packet: good,
				If: bad(func(c *policydb.Context) { c.Range.High.Cats = policydb.BitmapOf(1023) })})
		}},
		{"interface without a name", new33, false, func(p *policydb.Policy) error {
			return p.AddNetif(policydb.NetifCon{If: good, Packet: good})
		}},
		{"interface with a name of 64 bytes", new33, false, func(p *policydb.Policy) error {
			return p.AddNetif(policydb.NetifCon{Name: fmt.Sprintf("%064d", 0), If: good, Packet: good})
		}},
		{"IPv6 before version 17", old16, false, func(p *policydb.Policy) error {
			return p.AddNode6(policydb.NodeCon6{Context: portContext(p)})
		}},
		{"removing no port", new33, true, func(p *policydb.Policy) error { return p.RemovePort(-1) }},
		{"removing a port beyond the last", new33, true,
			func(p *policydb.Policy) error { return p.RemovePort(len(p.OContexts.Ports)) }},
		{"type without a name", new33, false, addType("")},
		{"type that exists", new33, false, addType("web_t")},
		{"alias that exists", new33, false, addType("old_web_t")},
		{"unknown attribute", new33, true, addType("new_t", 9999)},
		{"attribute 0", new33, true, addType("new_t", 0)},
		{"attribute that is a type", new33, false, func(p *policydb.Policy) error {
			_, err := p.AddType("new_t", typeValue(t, p, "web_t"))
			return err
		}},
		{"attributes before version 20", old18, false, addType("new_t", 1)},
		{"permissive type before version 23", old22, false,
			func(p *policydb.Policy) error { return p.SetPermissive(1, true) }},
		{"permissive type 0", new33, true, func(p *policydb.Policy) error { return p.SetPermissive(0, true) }},
		{"rule for class 0", new33, true, func(p *policydb.Policy) error { return p.AddAllow(1, 1, 0, 1) }},
		{"rule for a type beyond the types", new33, true,
			func(p *policydb.Policy) error { return p.AddAllow(1, 9999, 1, 1) }},
		{"rule without permissions", new33, false, func(p *policydb.Policy) error { return p.AddAllow(1, 1, 1, 0) }},
		{"unknown role", new33, true, func(p *policydb.Policy) error { return p.AddRoleType(99, 1) }},
		{"type beyond the types for a role", new33, true,
			func(p *policydb.Policy) error { return p.AddRoleType(2, 9999) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := decode(t, tt.policy.image)
			err := tt.edit(p)
			if err == nil || errors.Is(err, policydb.ErrNoSuch) != tt.noSuch {
				t.Errorf("error %v; ErrNoSuch expected: %t", err, tt.noSuch)
			}
			sameBytes(t, "afterwards", p.Encode(), tt.policy.image)
		})
	}
}

// TestCloneConcurrent: a clone is edited while others read the original. To be
// run with -race.
func TestCloneConcurrent(t *testing.T) {
	p := small33(t)
	db := decode(t, p.image)
	var wg sync.WaitGroup
	run := func(f func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	for range 4 {
		run(func() {
			for range 5 {
				sameBytes(t, "the original", db.Encode(), p.image)
				policydb.Canonical(db)
			}
		})
		run(func() {
			for _, c := range editCases {
				clone := db.Clone()
				c.edit(t, clone)
				again := clone.Clone()
				edited := clone.Encode()
				if again.SetBool("web_can_network", false) != nil || again.RemovePort(0) != nil {
					t.Error("editing a clone of a clone")
				}
				sameBytes(t, "a clone whose clone was edited", clone.Encode(), edited)
			}
		})
	}
	wg.Wait()
}
