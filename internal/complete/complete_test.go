package complete

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

func example(t *testing.T) *policy.Policy {
	t.Helper()
	db, err := policydb.Decode([]byte(examples.Policy()))
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

func text(list []Word) string {
	var parts []string
	for _, w := range list {
		parts = append(parts, strings.TrimSuffix(w.Value+":"+w.Text, ":"))
	}
	return strings.Join(parts, " ")
}

// TestWords: each list, and words that it must not have.
func TestWords(t *testing.T) {
	p := example(t)
	for name, c := range map[string]struct{ got, want string }{
		"permissive":  {text(Domains(p, "zabbix")), "zabbix_agent_t:permissive"},
		"no port":     {text(Domains(p, "http_port")), ""},
		"a type":      {text(Types(p, "http_port", false)), "http_port_t"},
		"attribute":   {text(Types(p, "port_ty", true)), "port_type:attribute"},
		"none":        {text(Types(p, "port_ty", false)), ""},
		"class":       {text(Classes(p, "process2")), ""},
		"perms":       {text(Perms(p, "", "name_b")), "name_bind"}, // once, of all classes
		"no class":    {text(Perms(p, "nothing", "name_b")), ""},
		"protocols":   {text(Targets(p, "")), "tcp/ udp/ sctp/ dccp/ mptcp/"},
		"mptcp":       {text(Targets(p, "mptcp/5432")), "mptcp/5432:postgresql_port_t"},
		"raw":         {text(Targets(p, "raw/")), ""},
		"port type":   {text(PortTypes(p, "dns_port")), "dns_port_t:udp/53 tcp/53"},
		"a start":     {text(Subjects(host.Root{}, "un")), "unit:"},
		"no variable": {text(Bools(p, "no such", true)), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", name, c.got, c.want)
		}
	}
	if list := Targets(p, "tcp/"); len(list) < 10 || strings.Contains(text(list), "unreserved_port_t") {
		t.Errorf("tcp/: %s", text(list))
	}
}
