package senet_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/test/stores"
)

// sshd cannot listen on port 2222: why, what would help, and one of the fixes made in a
// store and taken back.
func Example() {
	root, err := os.MkdirTemp("", "store")
	must(err)
	defer os.RemoveAll(root)
	must(stores.Scratch(root)) // "" is the running system

	ctx := context.Background()
	s, err := senet.OpenStore(ctx, senet.Options{Root: root}, change.Options{})
	must(err)
	question := senet.Query{Subject: "sshd_t", Operation: senet.Bind, Target: senet.TCP(2222)}
	fixes, err := s.Fixes(ctx, question)
	must(err)
	fmt.Println(fixes.Answer.Verdict, fixes.Answer.FirstDenied().Perm)
	n := slices.IndexFunc(fixes.List, func(f remedy.Fix) bool { return f.Works && f.Kind == remedy.Label })
	plan, err := s.Plan(ctx, fixes, n)
	must(err)
	done, err := s.Apply(ctx, plan)
	must(err)
	fmt.Println(plan.Fix.Type, done.Answer.Verdict, "and", plan.Fix.Lose.Domains(), "others lose the port")
	undone, err := s.Undo(ctx, done.Entry.ID)
	must(err)
	fmt.Println(undone.Answer.Verdict)
	// Output:
	// denied name_bind
	// ssh_port_t allowed and 3 others lose the port
	// denied
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// One question, answered layer by layer.
func ExampleSession_Can() {
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: senet.Example})
	must(err)
	a, err := s.Can(ctx, senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)})
	must(err)
	for _, l := range a.Layers {
		if l.Consulted {
			fmt.Println(l.Layer, l.Class, l.Perm, l.Check.Allowed)
		}
	}
	fmt.Println(a.Verdict, a.Errno)
	// Output:
	// socket tcp_socket create true
	// socket tcp_socket connect true
	// port tcp_socket name_connect false
	// denied EACCES
}

// The domains that may use a port, each with the rule behind it.
func ExampleSession_Who() {
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: senet.Example})
	must(err)
	w, err := s.Who(ctx, senet.WhoQuery{Operation: senet.Bind, Target: senet.TCP(80)})
	must(err)
	fmt.Println(w.Labels, len(w.May), "domains, among them")
	for _, d := range w.May[1:3] {
		fmt.Println(d.Name, "by", len(d.Check.Check.Reason.Rules), "rule")
	}
	// Output:
	// [http_port_t] 8 domains, among them
	// haproxy_t by 1 rule
	// httpd_t by 1 rule
}

// One decision of the policy, with the reason of a permission.
func ExampleSession_Decide() {
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: senet.Example})
	must(err)
	d, err := s.Decide(ctx, senet.DecisionQuery{
		Source: "system_u:system_r:httpd_t:s0", Target: "system_u:object_r:http_port_t:s0",
		Class: "tcp_socket", Perms: []string{"name_bind"},
	})
	must(err)
	fmt.Println(d.Allowed(), d.Perms[0].Reason.Code)
	// Output:
	// true SN-GRANTED
}

// The exact set of ports that a domain may bind.
func ExampleSession_Ports() {
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: senet.Example})
	must(err)
	ways := []network.Operation{senet.Bind}
	p, err := s.Ports(ctx, senet.PortsQuery{Subject: "sshd_t", Operations: ways, Protocol: network.TCP})
	must(err)
	fmt.Println(p.Access[0].Allowed)
	// Output:
	// [0 22 32768-60999]
}

// A denial out of a log: its meaning under today's policy.
func ExampleSession_Why() {
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: senet.Example})
	must(err)
	report, err := s.Why(ctx,
		strings.NewReader(`type=AVC msg=audit(1795347001.000:42): avc:  denied  { name_connect } for  pid=812 `+
			`comm="haproxy" dest=5601 scontext=system_u:system_r:haproxy_t:s0 `+
			`tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0`+"\n"),
		senet.WhyOptions{})
	must(err)
	for _, f := range report.Findings {
		fmt.Println(f.Count, f.Verdict(), f.Fix.Way)
	}
	// Output:
	// 1 denied port-type
}
