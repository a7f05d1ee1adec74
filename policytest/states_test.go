package policytest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

const eachTests = `tests:
  - {may: haproxy_t connect tcp/9999}
  - {may_not: haproxy_t bind tcp/30500}
  - {only: [unconfined_domain_type, haproxy_t, squid_t], may_do: connect tcp/3128}
  - {exactly: haproxy_t, may_do: bind tcp, ports: "80, 443"}
`

// told returns the results of tests, one a line.
func told(list []Result) (lines []string) {
	for i := range list {
		r := &list[i]
		line := fmt.Sprintf("%s: %v %v", r.Test.Name, r.Passed(), r.Err)
		for _, f := range r.Failures {
			line += fmt.Sprintf(" %s %v %v", f.Domain, f.Ports, f.Surplus)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestForEach: each combination gives the same results as a run with only its policy, machine and
// booleans.
func TestForEach(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("../examples/example.policy")
	if err != nil {
		t.Fatal(err)
	}
	example := open(t, senet.Example)
	edited := example.Policy().DB().Clone()
	if err := edited.SetBool("haproxy_connect_any", true); err != nil {
		t.Fatal(err)
	}
	facts := host.Standard()
	facts.LocalPorts.Low = 30000
	for name, data := range map[string][]byte{"one.policy": text, "two.policy": edited.Encode()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var saved strings.Builder
	fmt.Fprintf(&saved, `{"schema": "senet.facts/1", "facts": {"source": "x", "enforcing": true, `+
		`"ip_local_port_range": {"low": 30000, "high": %d}, "ip_unprivileged_port_start": %d, `+
		`"peer_labelling": false, "secmark": false, "assumed": false}}`,
		facts.LocalPorts.High, facts.UnprivilegedPortStart)
	if err := os.WriteFile(filepath.Join(dir, "machine.json"), []byte(saved.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "tests.yaml")
	f, err := Read(name, strings.NewReader(`
for_each:
  policies: [one.policy, two.policy, example]
  hosts: [machine.json]
  booleans:
    - {}
    - {squid_connect_any: on}
    - {squid_connect_any: off, haproxy_connect_any: off}
`+eachTests))
	if err != nil {
		t.Fatal(err)
	}
	if f.NeedsPolicy() || len(f.States) != 9 {
		t.Fatalf("%d states: %+v", len(f.States), f.States)
	}
	list, err := Run(context.Background(), f, nil, senet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Read("x", strings.NewReader(eachTests))
	if err != nil {
		t.Fatal(err)
	}
	machine, err := host.Load(filepath.Join(dir, "machine.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want, titles []string
	for _, file := range []string{"one.policy", "two.policy", "example"} {
		for i, booleans := range []map[string]bool{
			nil, {"squid_connect_any": true}, {"squid_connect_any": false, "haproxy_connect_any": false},
		} {
			o := senet.Options{Policy: file, Host: &machine, Booleans: booleans}
			if file != senet.Example {
				o.Policy = filepath.Join(dir, file)
			}
			s, err := senet.Open(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			results, err := Run(context.Background(), plain, s, o)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, told(results)...)
			prefix := []string{"", "squid_connect_any=on, ", "haproxy_connect_any=off, squid_connect_any=off, "}[i]
			titles = append(titles, slices.Repeat([]string{prefix + file + ", machine.json"}, len(results))...)
		}
	}
	if got := told(list); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for i := range list {
		if got := list[i].State.Title(); got != titles[i] {
			t.Errorf("title %q, want %q", got, titles[i])
		}
	}
	passed := func(r Result) bool { return r.Passed() }
	if !slices.ContainsFunc(list, passed) || !slices.ContainsFunc(list, func(r Result) bool { return !r.Passed() }) {
		t.Error("all tests pass, or none")
	}
}

// TestIn: a test that names states runs in these only, and in all that for_each makes of them. The
// booleans of the run count for a state's own policy too, unless the state sets them.
func TestIn(t *testing.T) {
	f, err := Read("x", strings.NewReader(`
for_each: {booleans: [{squid_connect_any: on}, {squid_connect_any: off}]}
states:
  - {name: a, policy: example}
  - {name: b, policy: example, booleans: {haproxy_connect_any: off}}
  - {policy: example, booleans: {haproxy_connect_any: on}}
tests:
  - {may: haproxy_t connect tcp/9999}
  - {may_not: haproxy_t connect tcp/9999, in: b}
  - {may: haproxy_t connect tcp/9999, in: [a, b]}
`))
	if err != nil {
		t.Fatal(err)
	}
	o := senet.Options{Booleans: map[string]bool{"haproxy_connect_any": true}}
	list, err := Run(context.Background(), f, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range list {
		got = append(got, fmt.Sprintf("%d %v %s", list[i].Test.Line, list[i].Passed(), list[i].State.Title()))
	}
	want := []string{
		"8 true a, squid_connect_any=on, example", "10 true a, squid_connect_any=on, example",
		"8 true a, squid_connect_any=off, example", "10 true a, squid_connect_any=off, example",
		"8 false b, squid_connect_any=on, example", "9 true b, squid_connect_any=on, example",
		"10 false b, squid_connect_any=on, example",
		"8 false b, squid_connect_any=off, example", "9 true b, squid_connect_any=off, example",
		"10 false b, squid_connect_any=off, example",
		"8 true haproxy_connect_any=on, squid_connect_any=on, example",
		"8 true haproxy_connect_any=on, squid_connect_any=off, example",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestStatesRefused: mistakes in states are refused.
func TestStatesRefused(t *testing.T) {
	crowd := "for_each: {booleans: [" + strings.Repeat("{}, ", 200) + "{}], hosts: [" +
		strings.Repeat("h, ", 60) + "h]}"
	const test = "\ntests: [{empty: a}]\n"
	for text, want := range map[string]string{
		"for_each: {policy: a}":                          "line 1: field policy is not known",
		"for_each: [a]":                                  "a mapping",
		"for_each: {policies: {a: b}}":                   "one word",
		"for_each: {booleans: {a: on}}":                  "a list",
		"for_each: {booleans: [{a: maybe}]}":             "line 1",
		crowd:                                            "12261 states, more than 10000",
		"for_each: {policies: a}\nstates: [{policy: b}]": "a state names a policy, and for_each does too",
		"for_each: {hosts: a}\nstates: [{host: b}]":      "a state names a host, and for_each does too",
		"for_each: {booleans: [{b: on}]}\nstates: [{booleans: {b: on}}]": "a state sets b, and for_each does too",
		"states: [{name: a}, {name: a}]":                                 "two states have the name a",
		"states: [{name: a}]\ntests: [{empty: x, in: b}]":                "line 2: no state has the name b",
	} {
		if !strings.Contains(text, "tests:") {
			text += test
		}
		if _, err := Read("x", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %q", text, err, want)
		}
	}
}

// TestEnforcing: a permissive domain may do everything; with the field enforcing the rules alone
// count. The mode of the machine does not.
func TestEnforcing(t *testing.T) {
	db := open(t, senet.Example).Policy().DB().Clone()
	id, _ := policy.New(db).Type("haproxy_t")
	if err := db.SetPermissive(uint32(id), true); err != nil {
		t.Fatal(err)
	}
	facts := host.Standard()
	facts.Enforcing = false
	s, err := senet.OpenPolicy(policy.New(db), senet.Source{Name: "x"}, senet.Options{Host: &facts})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read("x", strings.NewReader(`tests:
  - {may: haproxy_t connect tcp/5432}
  - {may_not: haproxy_t connect tcp/5432, enforcing: on}
  - {may: haproxy_t connect tcp/443, enforcing: on}
  - {may_not: kibana_t connect tcp/22}
`))
	if err != nil {
		t.Fatal(err)
	}
	list, err := Run(context.Background(), f, s, senet.Options{Host: &facts})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if r := &list[i]; !r.Passed() {
			t.Errorf("line %d: %v %+v", r.Test.Line, r.Err, r.Failures)
		}
	}
	if want := "may_not haproxy_t connect tcp/5432 as if enforcing"; list[1].Test.Name != want {
		t.Errorf("%q, want %q", list[1].Test.Name, want)
	}
	_, err = Read("x", strings.NewReader("tests:\n  - {empty: a, enforcing: on}\n"))
	if err == nil || !strings.Contains(err.Error(), "line 2: empty does not take the field enforcing") {
		t.Error(err)
	}
}
