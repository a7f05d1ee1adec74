package remedy_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/test/policies"
)

// example compiles the example policy with more statements.
func example(t testing.TB, edit func(source string) string) *policy.Policy {
	t.Helper()
	path, err := compileExample(t, edit)
	if err != nil {
		t.Fatal(err)
	}
	return testpolicy.Open(t, path)
}

func compiles(t testing.TB, statements string) error {
	_, err := compileExample(t, added(statements))
	return err
}

func compileExample(t testing.TB, edit func(source string) string) (path string, err error) {
	t.Helper()
	testenv.Need(t, "secilc")
	source, err := os.ReadFile("../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	// The categories, which CIL has no loop for; examples/build.sh adds them.
	var categories, order strings.Builder
	for i := range 1024 {
		fmt.Fprintf(&categories, "(category c%d)\n", i)
		fmt.Fprintf(&order, " c%d", i)
	}
	text := edit(string(source)) + categories.String() + "(categoryorder (" + order.String() + "))\n"
	return policies.CompileCIL([]byte(text), policies.Options{Version: 33})
}

// added returns an edit that adds statements.
func added(statements ...string) func(string) string {
	return func(source string) string { return source + strings.Join(statements, "\n") + "\n" }
}

// TestExampleModules: own types on variants of the example policy, compiled with
// it, differ from it in what was asked alone.
func TestExampleModules(t *testing.T) {
	const typ = "haproxy_t"
	for _, tt := range []struct {
		name  string
		edit  func(string) string
		op    network.Operation
		port  uint16
		check func(t *testing.T, a *asked)
	}{
		{"as it is", added(), network.Connect, 5601, func(t *testing.T, a *asked) {
			if a.fix.Applicability != remedy.Safe || a.fix.Local || a.fix.Range != "s0" {
				t.Errorf("%+v", a.fix)
			}
		}},
		{"without levels", func(s string) string { return strings.Replace(s, "(mls true)", "(mls false)", 1) },
			network.Bind, 5601, func(t *testing.T, a *asked) {
				if a.fix.Range != "" || strings.Contains(a.forms["semanage"], "--range") {
					t.Errorf("range %q", a.fix.Range)
				}
			}},
		// The label keeps its range, which semanage must be told and the modules of
		// Ansible and Puppet cannot be.
		{"a label with categories",
			added("(portcon tcp (7000 7010) (system_u object_r unreserved_port_t ((s0) (s0 (c0 c1 c3)))))"),
			network.Connect, 7005, func(t *testing.T, a *asked) {
				if a.fix.Range != "s0-s0:c0,c1,c3" {
					t.Errorf("range %q", a.fix.Range)
				}
			}},
		{"a record of this port with categories",
			added("(portcon tcp 7005 (system_u object_r unreserved_port_t ((s0) (s0 (c0 c1 c3)))))"), network.Connect,
			7005, func(t *testing.T, a *asked) {
				if !a.fix.Exists || !a.fix.Local || strings.Contains(a.forms["semanage"], "--range") ||
					!strings.Contains(a.forms["semanage"], "--modify") {
					t.Errorf("%+v\n%s", a.fix, a.forms["semanage"])
				}
				for _, name := range []string{"cil", "te", "ansible", "puppet", "butane"} {
					if _, there := a.forms[name]; there != (name != "cil") {
						t.Errorf("form %s: %v", name, there)
					}
				}
				for _, name := range []string{"semanage", "ansible", "puppet", "butane", "te"} {
					if !strings.Contains(a.forms[name], "port") || strings.Count(a.forms[name], "7005") < 2 {
						t.Errorf("%s labels no port:\n%s", name, a.forms[name])
					}
				}
			}},
		// Of an attribute that the compiler made of an expression no module can be
		// sure: what names the type itself does not have the new one.
		{"an expression that names the type", added("(typeattribute base_typeattr_77)",
			"(typeattributeset base_typeattr_77 (or (unreserved_port_t) (http_port_t)))",
			"(expandtypeattribute base_typeattr_77 false)",
			"(allow squid_t base_typeattr_77 (tcp_socket (name_connect name_bind)))"), network.Connect, 5601, nil},
		{"an expression by an attribute", added("(typeattribute base_typeattr_78)",
			"(typeattributeset base_typeattr_78 (and (port_type) (not (http_port_t))))",
			"(expandtypeattribute base_typeattr_78 false)",
			"(allow squid_t base_typeattr_78 (tcp_socket (name_bind)))"), network.Connect, 5601, nil},
		{"what is logged", added("(auditallow squid_t unreserved_port_t (tcp_socket (name_connect)))",
			"(dontaudit postgresql_t unreserved_port_t (tcp_socket (name_bind)))",
			"(booleanif haproxy_connect_any (false (dontaudit sshd_t unreserved_port_t (tcp_socket "+
				"(name_connect)))))"), network.Connect, 5601, nil},
		// A constraint that names attributes of the port's type.
		{"a constraint", added("(typeattribute held_type)", "(typeattributeset held_type (unreserved_port_t))",
			"(expandtypeattribute held_type false)",
			"(constrain (tcp_socket (name_connect)) (or (neq t2 held_type) (neq t1 prometheus_t)))"), network.Connect,
			5601, nil},
		{"every operator",
			added("(booleanif (xor haproxy_connect_any (not nis_enabled)) (true (allow squid_t unreserved_port_t "+
				"(tcp_socket (name_bind)))) (false (allow certbot_t unreserved_port_t (tcp_socket (name_bind)))))",
				"(booleanif (eq haproxy_connect_any nis_enabled) (true (allow sshd_t unreserved_port_t (tcp_socket "+
					"(name_bind)))))",
				"(booleanif (neq haproxy_connect_any nis_enabled) (false (allow sshd_t unreserved_port_t "+
					"(tcp_socket (name_connect)))))",
				"(booleanif (or haproxy_connect_any nis_enabled) (true (allow certbot_t unreserved_port_t "+
					"(tcp_socket (name_connect)))))"), network.Connect, 5601, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := example(t, tt.edit)
			a := ask1(t, base, problem(t, base, typ, tt.op, network.TCP, tt.port))
			if tt.check != nil {
				tt.check(t, a)
			}
			after := example(t, func(s string) string { return tt.edit(s) + cil.Format(a.fix.Module) })
			check(t, base, after, []*asked{a})
		})
	}
}

// TestUnsure: an expression that takes the type out by its name has the new one
// in it, which the policy does not show. The module does give the port to
// others then; it says that it may, and is not safe.
func TestUnsure(t *testing.T) {
	edit := added("(typeattribute base_typeattr_79)",
		"(typeattributeset base_typeattr_79 (and (port_type) (not (unreserved_port_t))))",
		"(expandtypeattribute base_typeattr_79 false)", "(allow squid_t base_typeattr_79 (tcp_socket (name_bind)))")
	base := example(t, edit)
	a := ask1(t, base, problem(t, base, "haproxy_t", network.Connect, network.TCP, 5601))
	if !slices.Equal(a.fix.Unsure, []string{"base_typeattr_79"}) || a.fix.Applicability != remedy.Review {
		t.Errorf("unsure %v, %s", a.fix.Unsure, a.fix.Applicability)
	}
	after := example(t, func(s string) string { return edit(s) + cil.Format(a.fix.Module) })
	q := problem(t, after, "squid_t", network.Bind, network.TCP, 5601).Question
	if got, err := network.Ask(access.NewDecider(after), q); err != nil || got.Verdict != network.Allowed {
		t.Errorf("this test shows nothing: %v %v", got.Verdict, err)
	}
}

// TestNoFix: what no label, rule or boolean grants.
func TestNoFix(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(string) string
		typ  string
		kind []remedy.Kind // of the fixes that there are
	}{
		{"a constraint on the permission", added("(constrain (tcp_socket (name_connect)) (neq t1 haproxy_t))",
			"(allow haproxy_t port_type (tcp_socket (name_connect)))"), "haproxy_t", nil},
		// A rule grants it, the constraint holds the subject for one attribute of
		// ports: labels of others help.
		{"a constraint on some labels", added("(typeattribute held_type)",
			"(typeattributeset held_type (unreserved_port_t))", "(expandtypeattribute held_type false)",
			"(constrain (tcp_socket (name_connect)) (or (neq t2 held_type) (neq t1 haproxy_t)))",
			"(allow haproxy_t unreserved_port_t (tcp_socket (name_connect)))"), "haproxy_t",
			[]remedy.Kind{remedy.Label}},
		// A constraint that comes after the missing rule: the rule alone would not
		// do.
		{"no rule and a constraint", added("(constrain (tcp_socket (name_connect)) (neq t1 sshd_t))"), "sshd_t", nil},
		// httpd_app_t may never do what httpd_t may not: a rule would be cut off.
		{"a bound", added("(allow httpd_app_t self (tcp_socket (create connect)))",
			"(allow httpd_t ldap_port_t (tcp_socket (name_connect)))",
			"(allow httpd_app_t ldap_port_t (tcp_socket (name_connect)))"), "httpd_app_t", []remedy.Kind{remedy.Label}},
		// What bounds it may, but by a conditional: the kernel would grant a rule, and
		// no compiler takes it.
		{"a bound by a conditional", added("(allow httpd_app_t self (tcp_socket (create connect)))",
			"(booleanif haproxy_connect_any (false (allow httpd_t unreserved_port_t (tcp_socket (name_connect)))))"),
			"httpd_app_t", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := example(t, tt.edit)
			_, r := find(t, p, problem(t, p, tt.typ, network.Connect, network.TCP, 5601), "")
			if r.Answer.Verdict != network.Denied {
				t.Fatalf("%s", r.Answer.Verdict)
			}
			var kinds []remedy.Kind
			for _, f := range r.Fixes {
				if f.Works && !slices.Contains(kinds, f.Kind) && f.Kind != remedy.OtherPort &&
					f.Kind != remedy.Permissive {
					kinds = append(kinds, f.Kind)
				}
			}
			if !slices.Equal(kinds, tt.kind) {
				t.Errorf("fixes %v by %s, want %v", kinds, r.Answer.FirstDenied().Check.Reason.Code, tt.kind)
			}
		})
	}
	// The rule is there, which no compiler allows, and the bound cuts it off.
	p := example(t, added("(allow httpd_app_t self (tcp_socket (create connect)))"))
	db := p.DB().Clone()
	child, _ := p.Type("httpd_app_t")
	class, _ := p.Class("tcp_socket")
	if err := db.AddAllow(uint32(child), p.PortLabel(policy.ProtoTCP, 5601).Context.Type, uint32(class),
		uint32(mustPerm(t, p, "tcp_socket", "name_connect"))); err != nil {
		t.Fatal(err)
	}
	bound := policy.New(db)
	_, r := find(t, bound, problem(t, bound, "httpd_app_t", network.Connect, network.TCP, 5601), "")
	if code := r.Answer.FirstDenied().Check.Reason.Code; code != access.Bounded {
		t.Errorf("refused by %s", code)
	}
	for _, f := range r.Fixes {
		if f.Works && f.Kind != remedy.Label && f.Kind != remedy.OtherPort && f.Kind != remedy.Permissive {
			t.Errorf("against a bound: %s", f.Kind)
		}
	}
	_, r = find(t, p, problem(t, p, "zabbix_agent_t", network.Connect, network.TCP, 5601), "")
	if r.Answer.Verdict != network.Allowed || len(r.Fixes) != 0 {
		t.Errorf("a permissive domain: %s, %d fixes", r.Answer.Verdict, len(r.Fixes))
	}
}

// TestExceedsBounds: what is told to exceed a bound is what secilc refuses for
// that.
func TestExceedsBounds(t *testing.T) {
	for _, tt := range []struct {
		statements string
		exceeds    bool
	}{
		{"", true},
		{"(allow httpd_t unreserved_port_t (tcp_socket (name_connect)))", false},
		{"(allow httpd_t port_type (tcp_socket (name_connect)))", false},
		{"(typeattribute web_type) (typeattributeset web_type (httpd_t)) (expandtypeattribute web_type false) " +
			"(allow web_type port_type (tcp_socket (name_connect)))", false},
		{"(allow httpd_t unreserved_port_t (tcp_socket (name_bind)))", true},
		{"(allow httpd_t unreserved_port_t (udp_socket (name_bind)))", true},
		{"(booleanif haproxy_connect_any (true (allow httpd_t unreserved_port_t (tcp_socket (name_connect)))))", true},
		{"(booleanif haproxy_connect_any (true (allow httpd_t unreserved_port_t (tcp_socket (name_connect)))) " +
			"(false (allow httpd_t port_type (tcp_socket (name_connect)))))", false},
		// By one branch each of two booleans; and nis_enabled gives it by the other.
		{"(boolean other false) (booleanif haproxy_connect_any (true (allow httpd_t unreserved_port_t (tcp_socket " +
			"(name_connect)))))(booleanif other (false (allow httpd_t unreserved_port_t (tcp_socket " +
			"(name_connect)))))", true},
		{"(booleanif nis_enabled (false (allow httpd_t unreserved_port_t (tcp_socket (name_connect)))))", false},
	} {
		p := example(t, added(tt.statements))
		child, _ := p.Type("httpd_app_t")
		target, _ := p.Type("unreserved_port_t")
		class, _ := p.Class("tcp_socket")
		parent, got := remedy.ExceedsBounds(p, child, target, class, mustPerm(t, p, "tcp_socket", "name_connect"))
		if got != tt.exceeds || p.TypeName(parent) != "httpd_t" {
			t.Errorf("%s: %v, want %v", tt.statements, got, tt.exceeds)
		}
		err := compiles(t, tt.statements+"(allow httpd_app_t unreserved_port_t (tcp_socket (name_connect)))")
		if (err != nil) != tt.exceeds {
			t.Errorf("%s: secilc: %v", tt.statements, err)
		}
	}
	p := testpolicy.Open(t, "../examples/example.policy")
	free, _ := p.Type("haproxy_t")
	if parent, exceeds := remedy.ExceedsBounds(p, free, free, 1, 1); exceeds || parent != 0 {
		t.Error("haproxy_t has no bounds")
	}
}

// TestSeveralLayers: where more than the port refuses, rules and own types lift
// all of it, and a label alone is no fix.
func TestSeveralLayers(t *testing.T) {
	p := example(t, added("(type newcomer_t)", "(roletype system_r newcomer_t)",
		"(typeattributeset domain (newcomer_t))"))
	_, r := find(t, p, problem(t, p, "newcomer_t", network.Listen, network.TCP, 600), "")
	want := map[string]string{
		"newcomer_t self tcp_socket create": "", "newcomer_t self tcp_socket bind": "",
		"newcomer_t self tcp_socket listen": "", "newcomer_t self tcp_socket accept": "",
		"newcomer_t self capability net_bind_service": "", "newcomer_t node_t tcp_socket node_bind": "",
	}
	kinds := map[remedy.Kind]int{}
	for i := range r.Fixes {
		f := &r.Fixes[i]
		if !f.Works || f.Kind == remedy.Permissive {
			continue
		}
		kinds[f.Kind]++
		got := map[string]bool{}
		for _, n := range f.Module {
			if n.List[0].Atom == "allow" && n.List[1].Atom == "newcomer_t" {
				got[n.List[1].Atom+" "+n.List[2].Atom+" "+n.List[3].List[0].Atom+" "+
					n.List[3].List[1].List[0].Atom] = true
			}
		}
		for rule := range want {
			if !got[rule] && rule != "newcomer_t self tcp_socket accept" {
				t.Errorf("%s lacks %s: %v", f.Kind, rule, got)
			}
		}
	}
	if kinds[remedy.OwnType] != 1 || kinds[remedy.Rule] != 1 || kinds[remedy.Label] != 0 {
		t.Errorf("fixes %v", kinds)
	}
}

// TestWhatIf: a fix of a policy with what-ifs keeps them: booleans, records of
// ports and nodes.
func TestWhatIf(t *testing.T) {
	p := example(t, added())
	port := func(typ string, low, high uint32) policydb.PortCon {
		label := p.PortLabel(policy.ProtoTCP, 5601).Context
		id, ok := p.Type(typ)
		if !ok {
			t.Fatal(typ)
		}
		label.Type = uint32(id)
		return policydb.PortCon{Protocol: policy.ProtoTCP, Low: low, High: high, Context: label}
	}
	nis, _ := p.Bool("nis_enabled")
	q := p.WithPorts(port("ssh_port_t", 5600, 5610)).WithBools(policy.BoolSetting{Bool: nis, On: true})
	pr := problem(t, q, "haproxy_t", network.Connect, network.TCP, 5601)
	fixes, r := find(t, q, pr, remedy.OwnType)
	if got := q.TypeName(policy.TypeID(r.Answer.Port.Context.Type)); got != "ssh_port_t" || len(fixes) != 1 {
		t.Fatalf("labelled %s, %d own types", got, len(fixes))
	}
	f := fixes[0]
	// The label of the local range wins over a portcon of a module.
	if !f.Works || !f.Local || f.Exists || hasPortcon(f.Module) {
		t.Errorf("works %v, local %v, exists %v\n%s", f.Works, f.Local, f.Exists, cil.Format(f.Module))
	}
	if f.Gain.Domains()+f.Lose.Domains() > 0 || f.SubjectConnect.Len() != 1 || f.SubjectBind.Len() > 0 {
		t.Errorf("gain %v, lose %v, subject %v %v", f.Gain, f.Lose, f.SubjectConnect, f.SubjectBind)
	}
	if text := form.Forms(f, form.Target{Protocol: "tcp", Port: 5601})[0].Text; !strings.HasSuffix(text,
		"semanage port --add --type haproxy_tcp_5601_port_t --proto tcp 5601\n") {
		t.Errorf("%s", text)
	}
	rules, _ := find(t, q, pr, remedy.Rule)
	var want int
	for _, seg := range q.PortSegments(policy.ProtoTCP) {
		if q.TypeName(policy.TypeID(seg.Label.Context.Type)) == "ssh_port_t" {
			want += int(seg.High-seg.Low) + 1
		}
	}
	if len(rules) != 1 || rules[0].SubjectConnect.Len() != want {
		t.Errorf("a rule on ssh_port_t: %v, want %d ports", rules, want)
	}
}

// TestProtocols: what no portcon can label has no label to change; MPTCP has
// TCP's ports; sockets without ports have rules.
func TestProtocols(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	for _, tt := range []struct {
		typ      string
		op       network.Operation
		protocol network.Protocol
		port     uint16
		kinds    []remedy.Kind // some of which must be there
		never    []remedy.Kind
	}{
		{"httpd_t", network.Connect, network.MPTCP, 5601, []remedy.Kind{remedy.OwnType, remedy.Label, remedy.Boolean,
			remedy.Rule}, nil},
		{"httpd_t", network.Connect, network.TCP, 0, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Bind, network.UDPLite, 5601, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Bind, network.Raw, 5601, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Bind, network.Ping, 5601, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Bind, network.SMC, 5601, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Bind, network.Packet, 0, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Send, network.NetXfrm, 0, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Bind, network.VSock, 0, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		// In the local port range bind is not asked of the port: a label is no fix.
		{"ssh_keygen_t", network.Bind, network.TCP, 40000, []remedy.Kind{remedy.Rule},
			[]remedy.Kind{remedy.OwnType, remedy.Label}},
		{"httpd_t", network.Connect, network.TCP, 40000, []remedy.Kind{remedy.OwnType, remedy.Label}, nil},
	} {
		pr := problem(t, p, tt.typ, tt.op, tt.protocol, tt.port)
		what := describe(p, &pr)
		r, err := remedy.Find(access.NewDecider(p), pr)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if r.Answer.Verdict != network.Denied {
			t.Errorf("%s: %s", what, r.Answer.Verdict)
		}
		var kinds []remedy.Kind
		for i := range r.Fixes {
			f := &r.Fixes[i]
			if f.Works {
				kinds = append(kinds, f.Kind)
			}
			for _, form := range form.Forms(f, form.Target{Protocol: string(tt.protocol), Port: tt.port}) {
				if strings.Contains(form.Text, "portcon mptcp") || strings.Contains(form.Text, "proto mptcp") ||
					strings.Contains(form.Text, "proto: mptcp") {
					t.Errorf("%s: %s", what, form.Text)
				}
			}
		}
		for _, kind := range tt.kinds {
			if !slices.Contains(kinds, kind) {
				t.Errorf("%s: no %s in %v", what, kind, kinds)
			}
		}
		for _, kind := range tt.never {
			if slices.Contains(kinds, kind) {
				t.Errorf("%s: %s", what, kind)
			}
		}
	}
}

// TestNames: the name of the new type is one of CIL's and of the module
// language's, whatever the subject is called, and no other type's.
func TestNames(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	for _, tt := range []struct{ name, want string }{
		{"haproxy_t", "haproxy_tcp_5601_port_t"},
		{"my.container.process", "my_container_process_tcp_5601_port_t"},
		{"unit:haproxy@1.service", "unit_haproxy_1_service_tcp_5601_port_t"},
		{"/usr/sbin/x\n(allow a b)", "usr_sbin_x__allow_a_b_tcp_5601_port_t"},
		{"9front_t", "senet_9front_tcp_5601_port_t"},
		{"", "senet_tcp_5601_port_t"},
		{"_t", "senet_tcp_5601_port_t"},
		{"été", "t_tcp_5601_port_t"},
		{strings.Repeat("x", 5000), strings.Repeat("x", 100) + "_tcp_5601_port_t"},
	} {
		pr := problem(t, p, "haproxy_t", network.Connect, network.TCP, 5601)
		pr.Name = tt.name
		if fixes, _ := find(t, p, pr, remedy.OwnType); len(fixes) != 1 || fixes[0].Type != tt.want {
			t.Errorf("%q: %s, want %s", tt.name, fixes[0].Type, tt.want)
		}
	}
	taken := example(t, added("(type haproxy_tcp_5601_port_t)", "(typealias haproxy_tcp_5601_port2_t)",
		"(typealiasactual haproxy_tcp_5601_port2_t haproxy_tcp_5601_port_t)"))
	if fixes, _ := find(t, taken, problem(t, taken, "haproxy_t", network.Connect, network.TCP, 5601),
		remedy.OwnType); len(fixes) != 1 || fixes[0].Type != "haproxy_tcp_5601_port3_t" {
		t.Errorf("%s, want haproxy_tcp_5601_port3_t", fixes[0].Type)
	}
}

// TestInheritedSocket: the subject's own gains are those of the socket that the
// problem is about.
func TestInheritedSocket(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	pr := problem(t, p, "haproxy_t", network.Connect, network.TCP, 5601)
	other := problem(t, p, "postgresql_t", network.Connect, network.TCP, 5601)
	pr.SocketLabel = &other.Subject
	_, r := find(t, p, pr, "")
	if r.Answer.FirstDenied() == nil || len(r.Fixes) == 0 {
		t.Fatal("nothing refused")
	}
	for i := range r.Fixes {
		if f := &r.Fixes[i]; f.Works && f.Kind != remedy.OtherPort && !f.SubjectConnect.Contains(5601) {
			t.Errorf("%s %s works, and the subject does not gain the port: %v", f.Kind, f.Type, f.SubjectConnect)
		}
	}
}

// TestOldFormats: before version 24 a policy does not name its attributes, so the
// rules that name them are copied, and what else a new type is in is not known.
func TestOldFormats(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	for version := 20; version <= 33; version++ {
		path, err := policies.Downgrade(testenv.Policy(t, "default"), version, true)
		if err != nil {
			t.Fatal(err)
		}
		p := testpolicy.Open(t, path)
		pr := problem(t, p, "httpd_t", network.Connect, network.TCP, 5601)
		pr.Host = host.Standard()
		degree := remedy.Safe
		if version < 24 {
			degree = remedy.Review
		}
		fixes, _ := find(t, p, pr, remedy.OwnType)
		if len(fixes) != 1 || fixes[0].Applicability != degree || fixes[0].Gain.Domains()+fixes[0].Lose.Domains() > 0 {
			t.Errorf("version %d: %d own types", version, len(fixes))
		}
		for _, n := range fixes[0].Module {
			if version < 24 && (n.List[0].Atom == "typeattributeset" || strings.Contains(n.String(), "@")) {
				t.Errorf("version %d: %s", version, n)
			}
		}
	}
}

// TestStrangeNames: names that are none of CIL's come out of no fix, for a fix is
// text that people run.
func TestStrangeNames(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	for _, strange := range []string{"x;reboot", "$(reboot)", "a b", "x\nEOF\nreboot\n", "(allow a b)", "-t", "\"",
		""} {
		db := p.DB().Clone()
		db.Types.Items = slices.Clone(db.Types.Items)
		for i := range db.Types.Items {
			switch db.Types.Items[i].Name {
			case "prometheus_t", "http_cache_port_t": // with a rule of the port's type; a label that helps
				db.Types.Items[i].Name = strange
			}
		}
		db.Bools.Items = slices.Clone(db.Bools.Items)
		for i := range db.Bools.Items {
			db.Bools.Items[i].Name = strange
		}
		odd := policy.New(db)
		r, err := remedy.Find(access.NewDecider(odd), problem(t, odd, "haproxy_t", network.Connect, network.TCP, 5601))
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Fixes {
			f := &r.Fixes[i]
			if f.Kind == remedy.Boolean || f.Kind == remedy.OwnType || f.Type == strange && f.Type != "" ||
				slices.ContainsFunc(f.Choices, func(c remedy.Choice) bool { return c.Type == strange }) {
				t.Errorf("%q: %s %s", strange, f.Kind, f.Type)
			}
		}
		if len(r.Fixes) == 0 {
			t.Errorf("%q: no fix", strange)
		}
		// The type of a local record that is in the way, and of one that would be put
		// back.
		id, _ := p.Type("http_cache_port_t")
		for _, high := range []uint32{5601, 5605} {
			con := policydb.PortCon{Protocol: policy.ProtoTCP, Low: 5601, High: high,
				Context: odd.PortLabel(policy.ProtoTCP, 5601).Context}
			con.Context.Type = uint32(id)
			for _, known := range [][]policydb.PortCon{nil, {con}} {
				q := odd.WithPorts(con)
				pr := problem(t, q, "sshd_t", network.Bind, network.TCP, 5601)
				pr.LocalPorts = known
				_, r := find(t, q, pr, "")
				for i := range r.Fixes {
					f := &r.Fixes[i]
					for _, record := range slices.Concat(f.Records, f.Undo) {
						if record.Context.Type == strange {
							t.Errorf("%q: %s by %+v", strange, f.Kind, record)
						}
					}
				}
			}
		}
	}
}
