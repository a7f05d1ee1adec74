package incident_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// TestRulesOfAudit2allow: the rules that audit2allow writes for random denials are read as these denials, each source,
// target and class once with all permissions; so is the module that it writes.
func TestRulesOfAudit2allow(t *testing.T) {
	testenv.Need(t, "audit2allow")
	file := testenv.Policy(t, "default")
	db, err := policyfile.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	log := randomDenials(t, policy.New(db))
	want := permissionsOf(log)
	if len(want) < 250 {
		t.Fatalf("%d kinds of denials", len(want))
	}
	for _, form := range [][]string{nil, {"-m", "local"}} {
		cmd := exec.Command("audit2allow", append([]string{"-p", file}, form...)...)
		cmd.Stdin = strings.NewReader(log)
		var problems bytes.Buffer
		cmd.Stderr = &problems
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("audit2allow: %v: %s", err, &problems)
		}
		got := permissionsOf(string(out))
		for key, perms := range want {
			if !slices.Equal(got[key], perms) {
				t.Errorf("%q: %s: %q, want %q", form, key, got[key], perms)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q: %d rules, want %d", form, len(got), len(want))
		}
	}
}

// randomDenials returns 400 denials of processes.
func randomDenials(t *testing.T, p *policy.Policy) string {
	types, classes := slices.Collect(p.Types()), []string{"file", "dir", "sock_file", "process", "capability", "dbus",
		"tcp_socket", "unix_stream_socket", "key", "service"}
	rnd := rand.New(rand.NewPCG(testenv.Seed(t), 25))
	var log strings.Builder
	for n := 0; n < 400; {
		c, ok := subject.FromType(p, types[rnd.IntN(len(types))])
		if !ok {
			continue
		}
		n++
		source := p.FormatContext(c)
		target := "system_u:object_r:" + p.TypeName(types[rnd.IntN(len(types))]) + ":s0"
		if rnd.IntN(2) == 0 {
			target = source
		}
		class := classes[rnd.IntN(len(classes))]
		id, _ := p.Class(class)
		perms := p.Perms(id)
		fmt.Fprintf(&log, "type=AVC msg=audit(1795161600.000:%d): avc:  denied  { %s %s } for  pid=7 comm=\"a\" "+
			"scontext=%s tcontext=%s tclass=%s permissive=0\n", n, perms[rnd.IntN(len(perms))],
			perms[rnd.IntN(len(perms))], source, target, class)
	}
	return log.String()
}

// permissionsOf returns the permissions in the records and rules of a text, by source, target and class.
func permissionsOf(text string) map[string][]string {
	all := make(map[string][]string)
	add := func(a *audit.AVC) {
		key := audit.ContextType(a.SContext) + " " + audit.ContextType(a.TContext) + ":" + a.TClass
		for _, perm := range a.Permissions {
			if !slices.Contains(all[key], perm) {
				all[key] = append(all[key], perm)
				slices.Sort(all[key])
			}
		}
	}
	events, _ := audit.Parse(text, audit.Options{})
	for _, e := range events {
		for i := range e.AVCs {
			add(&e.AVCs[i])
		}
		if e.Rule != nil {
			a := e.Rule.AVC()
			add(&a)
		}
	}
	return all
}
