package policydb_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

func typeValue(t testing.TB, p *policydb.Policy, name string) uint32 {
	t.Helper()
	for _, typ := range p.Types.Items {
		if typ.Name == name {
			return typ.Value
		}
	}
	t.Fatalf("no type %s", name)
	return 0
}

func classValue(t testing.TB, p *policydb.Policy, name string) uint32 {
	t.Helper()
	for _, c := range p.Classes.Items {
		if c.Name == name {
			return c.Value
		}
	}
	t.Fatalf("no class %s", name)
	return 0
}

// permission returns the access vector of one permission of a class.
func permission(t testing.TB, p *policydb.Policy, class, name string) uint32 {
	t.Helper()
	for _, c := range p.Classes.Items {
		if c.Name != class {
			continue
		}
		perms := slices.Clone(c.Perms)
		for _, common := range p.Commons.Items {
			if common.Name == c.Common {
				perms = append(perms, common.Perms...)
			}
		}
		for _, perm := range perms {
			if perm.Name == name {
				return 1 << (perm.Value - 1)
			}
		}
	}
	t.Fatalf("no permission %s of %s", name, class)
	return 0
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An editCase is an edit of the small policy, with the output that a tool must give then.
type editCase struct {
	name  string
	since int // the first version that can hold it
	edit  func(t testing.TB, p *policydb.Policy)
	tool  []string
	want  string // a line of the tool's output, up to the level of a context
}

// portContext is a context that the policy has: that of its first portcon.
func portContext(p *policydb.Policy) policydb.Context { return p.OContexts.Ports[0].Context }

var editCases = []editCase{
	{name: "set a boolean", since: 16, tool: []string{"seinfo", "-b", "db_can_network", "-x"},
		want: "bool db_can_network true;",
		edit: func(t testing.TB, p *policydb.Policy) { ok(t, p.SetBool("db_can_network", true)) }},
	{name: "clear a boolean", since: 16, tool: []string{"seinfo", "-b", "web_can_network", "-x"},
		want: "bool web_can_network false;",
		edit: func(t testing.TB, p *policydb.Policy) { ok(t, p.SetBool("web_can_network", false)) }},
	{name: "add a port", since: 15, tool: []string{"seinfo", "--portcon", "5601"},
		want: "portcon tcp 5601 system_u:object_r:web_port_t",
		edit: func(t testing.TB, p *policydb.Policy) {
			ok(t, p.AddPort(policydb.PortCon{Protocol: 6, Low: 5601, High: 5601, Context: portContext(p)}))
		}},
	{name: "add a range of ports", since: 15, tool: []string{"seinfo", "--portcon", "6100"},
		want: "portcon udp 6000-6200 system_u:object_r:web_port_t",
		edit: func(t testing.TB, p *policydb.Policy) {
			ok(t, p.AddPort(policydb.PortCon{Protocol: 17, Low: 6000, High: 6200, Context: portContext(p)}))
		}},
	{name: "add a node", since: 15, tool: []string{"seinfo", "--nodecon"},
		want: "nodecon 192.0.2.0 255.255.255.0 system_u:object_r:web_port_t",
		edit: func(t testing.TB, p *policydb.Policy) {
			ok(t, p.AddNode(policydb.NodeCon{Addr: [4]byte{192, 0, 2, 0}, Mask: [4]byte{255, 255, 255, 0},
				Context: portContext(p)}))
		}},
	{name: "add an IPv6 node", since: 17, tool: []string{"seinfo", "--nodecon"},
		want: "nodecon 2001:db8:1:: ffff:ffff:ffff:: system_u:object_r:web_port_t",
		edit: func(t testing.TB, p *policydb.Policy) {
			ok(t, p.AddNode6(policydb.NodeCon6{Addr: [16]byte{0x20, 1, 0xd, 0xb8, 0, 1},
				Mask: [16]byte{255, 255, 255, 255, 255, 255}, Context: portContext(p)}))
		}},
	{name: "add an interface", since: 15, tool: []string{"seinfo", "--netifcon", "wg0"},
		want: "netifcon wg0 system_u:object_r:web_port_t",
		edit: func(t testing.TB, p *policydb.Policy) {
			ok(t, p.AddNetif(policydb.NetifCon{Name: "wg0", If: portContext(p), Packet: portContext(p)}))
		}},
	{name: "add a type", since: 15, tool: []string{"seinfo", "-t", "new_port_t", "-x"}, want: "type new_port_t;",
		edit: func(t testing.TB, p *policydb.Policy) {
			_, err := p.AddType("new_port_t")
			ok(t, err)
		}},
	{name: "add a type with attributes", since: 24, tool: []string{"seinfo", "-t", "new_t", "-x"},
		want: "type new_t, port_type, domain;",
		edit: func(t testing.TB, p *policydb.Policy) {
			_, err := p.AddType("new_t", typeValue(t, p, "port_type"), typeValue(t, p, "domain"))
			ok(t, err)
		}},
	{name: "a new type is the target of rules about its attribute", since: 24,
		tool: []string{"sesearch", "-A", "-s", "web_t", "-t", "new_port_t"},
		want: "allow web_t port_type:udp_socket name_bind; [ web_can_network ]:True",
		edit: func(t testing.TB, p *policydb.Policy) {
			_, err := p.AddType("new_port_t", typeValue(t, p, "port_type"))
			ok(t, err)
		}},
	{name: "a new type as the source of a new rule", since: 15,
		tool: []string{"sesearch", "-A", "-s", "new_t"},
		want: "allow new_t web_port_t:tcp_socket { name_bind name_connect };",
		edit: func(t testing.TB, p *policydb.Policy) {
			v, err := p.AddType("new_t")
			ok(t, err)
			both := permission(t, p, "tcp_socket", "name_bind") | permission(t, p, "tcp_socket", "name_connect")
			ok(t, p.AddAllow(v, typeValue(t, p, "web_port_t"), classValue(t, p, "tcp_socket"), both))
		}},
	{name: "a new rule", since: 15,
		tool: []string{"sesearch", "-A", "-s", "db_t", "-t", "db_port_t", "-c", "tcp_socket", "-p", "node_bind"},
		want: "allow db_t db_port_t:tcp_socket node_bind;",
		edit: func(t testing.TB, p *policydb.Policy) {
			ok(t, p.AddAllow(typeValue(t, p, "db_t"), typeValue(t, p, "db_port_t"), classValue(t, p, "tcp_socket"),
				permission(t, p, "tcp_socket", "node_bind")))
		}},
	{name: "a permission more in a rule that exists", since: 15,
		tool: []string{"sesearch", "-A", "-s", "web_t", "-t", "web_port_t", "-c", "tcp_socket"},
		want: "allow web_t web_port_t:tcp_socket { name_bind name_connect node_bind };",
		edit: func(t testing.TB, p *policydb.Policy) {
			before := p.AVTab.Len()
			ok(t, p.AddAllow(typeValue(t, p, "web_t"), typeValue(t, p, "web_port_t"), classValue(t, p, "tcp_socket"),
				permission(t, p, "tcp_socket", "node_bind")))
			if p.AVTab.Len() != before {
				t.Errorf("%d rules, before %d", p.AVTab.Len(), before)
			}
		}},
	{name: "a permissive type", since: 23, tool: []string{"seinfo", "--permissive"}, want: "web_t",
		edit: func(t testing.TB, p *policydb.Policy) { ok(t, p.SetPermissive(typeValue(t, p, "web_t"), true)) }},
	{name: "a type for a role", since: 15, tool: []string{"seinfo", "-r", "staff_r", "-x"},
		want: "role staff_r types { init_t web_t };",
		edit: func(t testing.TB, p *policydb.Policy) {
			for _, r := range p.Roles.Items {
				if r.Name == "staff_r" {
					ok(t, p.AddRoleType(r.Value, typeValue(t, p, "init_t")))
				}
			}
		}},
}

// TestEdit: each edit leaves a policy that Encode writes, that libsepol and
// checkpolicy read, and in which SETools shows the edit; and it leaves the
// policy it was cloned from as it was.
func TestEdit(t *testing.T) {
	testenv.Need(t, "seinfo", "sesearch", "checkpolicy")
	oracle.Need(t)
	versions := []int{15, 19, 24, 33} // the first, and those at which the format changes most
	if testenv.Long() {
		versions = []int{15, 18, 19, 22, 24, 33}
	}
	for _, version := range versions {
		original := small(t, version, "selinux", version >= 19)
		db := decode(t, original.image)
		for _, c := range editCases {
			if version < c.since {
				continue
			}
			t.Run(original.name+"/"+c.name, func(t *testing.T) {
				clone := db.Clone()
				c.edit(t, clone)
				edited := clone.Encode()
				sameBytes(t, "the original", db.Encode(), original.image)
				sameBytes(t, "the edited policy, decoded and encoded", decode(t, edited).Encode(), edited)
				path := tempPolicy(t, edited)
				if err := oracle.Loads(path); err != nil {
					t.Error(err)
				}
				flags := []string{"-b", path}
				if original.mls() {
					flags = []string{"-b", "-M", path}
				}
				if out, err := exec.Command("checkpolicy", flags...).CombinedOutput(); err != nil {
					t.Errorf("checkpolicy: %v: %s", err, out)
				}
				canonical(t, testPolicy{c.name, path, edited})
				if version < 24 || !testenv.Long() && version < 33 {
					return // SETools 4.4.1 crashes on versions below 24
				}
				if toolShows(t, original.path, c) {
					t.Errorf("%s shows %q before the edit", c.tool[0], c.want)
				}
				if !toolShows(t, path, c) {
					t.Errorf("%s does not show %q after the edit", c.tool[0], c.want)
				}
			})
		}
	}
}

// toolShows reports whether SETools shows an edit. A tool that finds nothing has the status 1, and one
// that does not know a name too.
func toolShows(t *testing.T, path string, c editCase) bool {
	t.Helper()
	out := oracle.SETools(t, c.tool[0], append([]string{path}, c.tool[1:]...)...)
	for line := range strings.Lines(out.Stdout + out.Stderr) {
		line = strings.TrimSpace(line)
		if line == c.want || strings.HasPrefix(c.want, "portcon") && strings.HasPrefix(line, c.want) ||
			strings.HasPrefix(c.want, "nodecon") && strings.HasPrefix(line, c.want) ||
			strings.HasPrefix(c.want, "netifcon") && strings.HasPrefix(line, c.want) {
			return true
		}
	}
	if t.Failed() {
		t.Logf("%s%s", out.Stdout, out.Stderr)
	}
	return false
}
