package policytest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// open opens a policy.
func open(t *testing.T, file string) *senet.Session {
	t.Helper()
	s, err := senet.Open(context.Background(), senet.Options{Policy: file})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, text string) []Result {
	t.Helper()
	f, err := Read("tests.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	list, err := Run(context.Background(), f, open(t, senet.Example), senet.Options{Policy: senet.Example})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestKinds: each kind of test, once as the policy is and once otherwise.
func TestKinds(t *testing.T) {
	for test, want := range map[string]string{ // what fails: "domain surplus|missing", empty if it passes
		"{may: haproxy_t connect tcp/443}":                               "",
		"{may: [haproxy_t connect tcp/443, haproxy_t connect tcp/5601]}": "haproxy_t missing",
		"{may_not: haproxy_t connect tcp/5601}":                          "",
		"{may_not: haproxy_t connect tcp/443}":                           "haproxy_t surplus",
		"{may: haproxy_t connect tcp/442-443}":                           "haproxy_t missing",
		"{may_not: haproxy_t connect tcp/442-443}":                       "haproxy_t surplus",
		"{may_not: haproxy_t connect tcp/444-445}":                       "",
		"{may: haproxy_t connect tcp/80-81}":                             "",
		"{only: [postgresql_t, unconfined_domain_type, zabbix_agent_t, user_t, kibana_t]" +
			", may_do: bind tcp/5432}": "kibana_t missing",
		"{only: [postgresql_t, unconfined_domain_type, zabbix_agent_t, user_t], may_do: bind tcp/5432}": "",
		"{only: [unconfined_domain_type, zabbix_agent_t, user_t]" +
			", may_do: bind tcp/5432}": "postgresql_t surplus",
		"{listens_only: postgresql_t}": "",
		"{listens_only: filebeat_t}":   "filebeat_t surplus filebeat_t missing",

		"{exactly: filebeat_t, may_do: bind sctp, ports: ''}":                              "",
		"{exactly: kibana_t, may_do: connect tcp, ports: '53, 389, 636, 9200, 9300-9400'}": "",
		"{exactly: kibana_t, may_do: connect tcp, ports: '53, 389, 636, 9200'}":            "kibana_t surplus",
		"{exactly: kibana_t" +
			", may_do: connect tcp, ports: '22, 53, 389, 636, 9200, 9300-9400'}": "kibana_t missing",
		"{nobody_but: [domain], may_do: connect tcp}": "",
		"{nobody_but: [unconfined_domain_type, zabbix_agent_t, postgresql_t, user_t]" +
			", may_do: bind tcp/5432}": "",
		"{neverallow: '{ domain -unconfined_domain_type -zabbix_agent_t } ssh_port_t:tcp_socket accept;'}": "",

		"{neverallow: 'haproxy_t http_port_t:tcp_socket name_connect;'}": "haproxy_t surplus",
		"{empty: domain}": "domain missing",
	} {
		var got []string
		for _, r := range run(t, "tests:\n  - "+test+"\n") {
			if r.Err != nil {
				t.Errorf("%s: %v", test, r.Err)
			}
			for _, f := range r.Failures {
				word := " missing"
				if f.Surplus {
					word = " surplus"
				}
				if s := f.Domain + word; len(got) == 0 || got[len(got)-1] != s {
					got = append(got, s)
				}
			}
		}
		if all := strings.Join(got, " "); all != want {
			t.Errorf("%s: %q, want %q", test, all, want)
		}
	}
}

// TestRanges: of a range of ports those are named that the domain may use, or may not, with the rule of one.
func TestRanges(t *testing.T) {
	for test, want := range map[string]string{
		"{may_not: haproxy_t connect tcp/443-489}":               "443,488 443 rule",
		"{may_not: haproxy_t connect tcp/489-5000}":              "636,5000 636 rule",
		"{may: haproxy_t connect tcp/443-445}":                   "444-445 444 answer",
		"{may: haproxy_t connect tcp/80-82}":                     "82 82 answer",
		"{only: [haproxy_t, domain], may_do: connect tcp/80-82}": "82 82 answer",
		"{exactly: haproxy_t, may_do: bind tcp, ports: '80-81, 443, 488, 32768-60999'}": "0,5000,8008-8009,8080,8118," +
			"8123,8443,9000,10001-10010 5000 rule",
	} {
		for _, r := range run(t, "tests:\n  - "+test+"\n") {
			if r.Err != nil || len(r.Failures) != 1 {
				t.Fatalf("%s: %v, %+v", test, r.Err, r.Failures)
			}
			f := &r.Failures[0]
			ports := strings.ReplaceAll(strings.Trim(fmt.Sprint(f.Ports), "[]"), " ", ",")
			got := fmt.Sprintf("%s %d", ports, f.Port)
			if f.Surplus && f.Check != nil && len(f.Check.Check.Reason.Rules) > 0 {
				got += " rule"
			}
			if !f.Surplus && f.Answer != nil && f.Answer.Port == f.Port {
				got += " answer"
			}
			if got != want {
				t.Errorf("%s: %s, want %s", test, got, want)
			}
		}
	}
}

// TestStates: a test is made under each state.
func TestStates(t *testing.T) {
	list := run(t, `
states:
  - {name: off}
  - {name: on, booleans: {haproxy_connect_any: on}}
tests:
  - {name: no way, may_not: haproxy_t connect tcp/5601}
  - {may: nobody_t connect tcp/1}
`)
	if len(list) != 4 || !list[0].Passed() || list[2].Passed() || list[2].State.Name != "on" ||
		list[2].Test.Name != "no way" || list[1].Err == nil || list[1].Passed() {
		t.Errorf("%+v", list)
	}
	_, err := Run(context.Background(), &File{States: []State{{Booleans: map[string]bool{"nothing": true}}}},
		open(t, senet.Example), senet.Options{Policy: senet.Example})
	if err == nil {
		t.Error("a boolean that is not there is set")
	}
}

// TestRefused: mistakes in a file are reported with their line.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":          "the file is empty",
		"tests: []": "no tests",
		"test: []":  "line 1: field test is not known",
		"tests:\n  - {may: a connect tcp/1}\n  - {maybe: x}":           "line 3: field maybe is not known",
		"tests:\n  - {name: x}":                                        "line 2: none of may",
		"tests:\n  - {may: x}":                                         "line 2: \"x\" is not SUBJECT ACTION TARGET",
		"tests:\n  - {may: a fly tcp/1}":                               "is not ACTION TARGET",
		"tests:\n  - {may: a connect tcp}":                             "names no port",
		"tests:\n  - {may: a connect tcp/1, may_not: b connect tcp/1}": "may and may_not in one test",
		"tests:\n  - {only: a_t}":                                      "only needs the field may_do",
		"tests:\n  - {empty: a, may_do: bind tcp}":                     "empty does not take the field may_do",
		"tests:\n  - {only: a, may_do: bind tcp, ports: 1}":            "only does not take the field ports",
		"tests:\n  - {exactly: a, may_do: bind tcp/1, ports: 1}":       "exactly needs the ports in the field ports",
		"tests:\n  - {exactly: a, may_do: bind tcp, ports: 9-1}":       "is not a port or a range of ports",
		"tests:\n  - {exactly: [], may_do: bind tcp, ports: 1}":        "exactly names nothing",
		"tests:\n  - {neverallow: 'a b'}":                              "expected \":\"",
		"states:\n  - {bools: {}}\ntests:\n  - {empty: a}":             "line 2: field bools is not known",
	} {
		_, err := Read("x.yaml", strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "x.yaml: ") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestRecord: a recorded file passes, is read as it was written, and fails for every change of the
// policy by which a domain gains or loses a port.
func TestRecord(t *testing.T) {
	mutations(t, senet.Example, []byte(examples.Policy()), testenv.Rounds(200, 2000))
}

// TestRecordDebian does the same to Debian's policy.
func TestRecordDebian(t *testing.T) {
	file := testenv.Policy(t, "default")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mutations(t, file, data, testenv.Rounds(4, 200))
}

func mutations(t *testing.T, file string, data []byte, n int) {
	ctx := context.Background()
	before := open(t, file)
	made, err := Record(ctx, before, nil)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := made.Write(&text); err != nil {
		t.Fatal(err)
	}
	f, err := Read("recorded", &text)
	if err != nil {
		t.Fatal(err)
	}
	fails := func(s *senet.Session) bool {
		list, err := Run(ctx, f, s, senet.Options{Policy: s.Source().Name})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if !list[i].Passed() {
				return true
			}
		}
		return false
	}
	start := time.Now()
	if fails(before) {
		t.Error("what was recorded fails")
	}
	t.Logf("%d tests, %d bytes, run in %v", len(f.Tests), text.Cap(), time.Since(start))
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 9))
	scratch := filepath.Join(t.TempDir(), "policy")
	changed := 0
	for range n {
		db, err := policydb.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		what := mutate(rng, db)
		if err := os.WriteFile(scratch, db.Encode(), 0o600); err != nil {
			t.Fatal(err)
		}
		after := open(t, scratch)
		differs := portsDiffer(t, before, after)
		if differs {
			changed++
		}
		if got := fails(after); got != differs {
			t.Fatalf("%s: failed %v, ports differ %v", what, got, differs)
		}
	}
	t.Logf("%d of %d edits change a port", changed, n)
	if changed < n/4 {
		t.Error("too few edits change a port")
	}
}

// portsDiffer asks package policydiff whether a domain gains or loses a port.
func portsDiffer(t *testing.T, before, after *senet.Session) bool {
	t.Helper()
	report, err := before.Diff(context.Background(), after)
	if err != nil {
		t.Fatal(err)
	}
	return len(report.Ports) > 0
}

// mutate makes one edit of a policy and names it.
func mutate(rng *rand.Rand, db *policydb.Policy) string {
	p := policy.New(db)
	domains, ports := reach.Domains(p), p.Ports()
	domain := domains[rng.IntN(len(domains))]
	port := ports[rng.IntN(len(ports))]
	switch rng.IntN(5) {
	case 0:
		if err := db.SetPermissive(uint32(domain), !p.IsPermissive(domain)); err != nil {
			panic(err)
		}
		return "permissive " + p.TypeName(domain)
	case 1:
		i := rng.IntN(len(db.Bools.Items))
		name := db.Bools.Items[i].Name
		id, _ := p.Bool(name)
		if err := db.SetBool(name, !p.BoolState(id)); err != nil {
			panic(err)
		}
		return "boolean " + name
	case 2:
		i := rng.IntN(len(ports))
		if err := db.RemovePort(i); err != nil {
			panic(err)
		}
		return "no port record"
	case 3:
		label := ports[rng.IntN(len(ports))].Context
		n := uint32(1 + rng.IntN(65535))
		// The first record that matches holds, so that an edit of the order matters too.
		if err := db.AddPort(policydb.PortCon{Protocol: port.Protocol, Low: n, High: n, Context: label}); err != nil {
			panic(err)
		}
		return "a port record"
	}
	name := []string{"tcp_socket", "udp_socket", "sctp_socket"}[rng.IntN(3)]
	class, ok := p.Class(name)
	if !ok {
		return "nothing"
	}
	perm := []string{"name_bind", "name_connect"}[rng.IntN(2)]
	bit, _ := p.Perm(class, perm)
	if bit == 0 {
		return "nothing"
	}
	if err := db.AddAllow(uint32(domain), port.Context.Type, uint32(class), uint32(bit)); err != nil {
		panic(err)
	}
	return "allow " + p.TypeName(domain) + " " + p.TypeName(policy.TypeID(port.Context.Type)) + ":" + name + " " + perm
}
