package remedy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestLevel: where constraints on levels are all that refuses, the nearest level
// of the port or of the process that helps; and libsepol says the same of what
// it gives and takes. The example's users may have every category.
func TestLevel(t *testing.T) {
	oracle.Need(t)
	portcon := func(low, high string) string {
		return fmt.Sprintf("(portcon tcp 7005 (system_u object_r http_port_t ((%s) (%s))))", low, high)
	}
	for _, tt := range []struct {
		name          string
		statements    []string
		op            network.Operation
		level         string // of the process
		port, process string // what helps, "" for nothing
	}{
		{"the port has a category", []string{portcon("s0", "s0 (c5)"),
			"(mlsconstrain (tcp_socket (name_connect)) (dom h1 h2))"},
			network.Connect, "s0", "s0", "s0-s0:c5"},
		// Of two categories of the port one is the process's.
		{"one category of two", []string{portcon("s0", "s0 (c4 c5)"),
			"(mlsconstrain (tcp_socket (name_connect)) (dom h1 h2))"},
			network.Connect, "s0-s0:c4,c9", "s0-s0:c4", "s0-s0:c4,c5,c9"},
		{"the low level", []string{portcon("s0 (c5)", "s0 (c5)"),
			"(mlsconstrain (tcp_socket (name_connect)) (dom l1 l2))"},
			network.Connect, "s0-s0:c5", "s0-s0:c5", "s0:c5"},
		{"equal levels", []string{portcon("s0", "s0"), "(mlsconstrain (tcp_socket (name_connect)) (eq l1 l2))"},
			network.Connect, "s0:c3", "s0:c3", "s0-s0:c3"},
		{"bind", []string{portcon("s0", "s0 (c5)"), "(mlsconstrain (tcp_socket (name_bind)) (dom h1 h2))"},
			network.Listen, "s0", "s0", "s0-s0:c5"},
		// The label of the node, which no port has to do with.
		{"the node", []string{portcon("s0", "s0"), "(mlsconstrain (tcp_socket (node_bind)) (domby h1 h2))"},
			network.Bind, "s0-s0:c5", "", "s0"},
		// No level makes it hold.
		{"a type", []string{portcon("s0", "s0"), "(mlsconstrain (tcp_socket (name_connect)) (neq t1 haproxy_t))"},
			network.Connect, "s0", "", ""},
		{"users", []string{portcon("s0", "s0"), "(constrain (tcp_socket (name_connect)) (neq u1 u2))"},
			network.Connect, "s0", "", ""},
		// A level would help, but a rule is missing as well.
		{"a rule too", []string{"(portcon tcp 7005 (system_u object_r ssh_port_t ((s0) (s0 (c5)))))",
			"(mlsconstrain (tcp_socket (name_connect)) (dom h1 h2))"},
			network.Connect, "s0", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := example(t, added(tt.statements...))
			pr := problem(t, p, "haproxy_t", tt.op, network.TCP, 7005)
			var err error
			if pr.Subject.Range, err = p.ParseRange(tt.level); err != nil {
				t.Fatal(err)
			}
			fixes, r := find(t, p, pr, remedy.Level)
			if r.Answer.Verdict != network.Denied {
				t.Fatal("allowed")
			}
			port, process := "", ""
			path := write(t, p.DB())
			for _, f := range fixes {
				db := p.DB().Clone()
				subject := pr.Subject
				if f.ProcessRange != "" {
					process = f.ProcessRange
					if subject, err = p.ParseContext(f.ProcessContext); err != nil {
						t.Fatal(err)
					}
				} else {
					port = f.Range
					if len(f.Records) != 1 || f.Records[0].Context.Range != f.Range {
						t.Errorf("records %+v", f.Records)
					}
					store := &localStore{db: db}
					store.apply(t, f.Records)
					db = store.merged(t)
				}
				if f.ProcessRange != "" && f.Applicability != remedy.Review {
					t.Errorf("the level of a process is %s", f.Applicability)
				}
				before, after := worldAt(t, path, pr.Subject), worldAt(t, write(t, db), subject)
				newProver(t, path).same(t, tt.name, before, after, &pr, f, func(string, string) bool { return true })
			}
			if port != tt.port || process != tt.process {
				t.Errorf("port at %q, process at %q; want %q, %q", port, process, tt.port, tt.process)
			}
		})
	}
}

// worldAt is a world in which haproxy_t has another context.
func worldAt(t *testing.T, path string, c policy.Context) *world {
	t.Helper()
	w := newWorld(t, path, network.TCP)
	i := w.domain(t, "haproxy_t")
	w.domains[i], w.sockets[i] = w.context(c), w.context(access.NewDecider(w.p).SocketContext(c, w.class))
	return w
}

// TestLevelOfInherited: a socket that was inherited has its own level, which
// another level of the process does not change; and what a user may not have is
// not offered.
func TestLevelOfInherited(t *testing.T) {
	p := example(t, added("(portcon tcp 7005 (system_u object_r http_port_t ((s0) (s0 (c5)))))",
		"(mlsconstrain (tcp_socket (name_connect)) (dom h1 h2))"))
	pr := problem(t, p, "haproxy_t", network.Connect, network.TCP, 7005)
	label := pr.Subject
	pr.SocketLabel = &label
	fixes, _ := find(t, p, pr, remedy.Level)
	if len(fixes) != 1 || fixes[0].ProcessRange != "" {
		t.Errorf("%d levels", len(fixes))
	}
	// A user without categories.
	db := p.DB().Clone()
	db.Users.Items = slices.Clone(db.Users.Items)
	for i := range db.Users.Items {
		u := &db.Users.Items[i]
		u.Range.High = policydb.Level{Sens: u.Range.Low.Sens}
		u.Range.Low = u.Range.High
	}
	pr.SocketLabel = nil
	q := policy.New(db)
	fixes, _ = find(t, q, pr, remedy.Level)
	if len(fixes) != 1 || fixes[0].ProcessRange != "" {
		t.Errorf("%d levels for a user without categories", len(fixes))
	}
}
