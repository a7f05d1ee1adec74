package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/policies"
)

func openPolicy(t testing.TB, file string) *policy.Policy {
	t.Helper()
	db, err := policyfile.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// What a record says of its contexts is asked: only names that the policy does not have are
// replaced, and each replacement is noted.
func TestRecordContexts(t *testing.T) {
	debian := openPolicy(t, testenv.Policy(t, "default"))
	mls := openPolicy(t, testenv.Policy(t, "mls"))
	file, err := policies.Small(33, policies.SELinux, false)
	if err != nil {
		testenv.Missing(t, "no small policy: "+err.Error())
	}
	plain := openPolicy(t, file)
	for _, c := range []struct {
		name           string
		p              *policy.Policy
		source, target string
		class, perm    string
		wantSource     string
		wantTarget     string
		noted          bool // another context than the record's is asked
		level          bool // the two levels differ, and the policy lacks one
	}{
		{"no range on MLS: user and role stay", debian, "staff_u:staff_r:staff_t", "staff_u:staff_r:staff_sudo_t",
			"process", "transition",
			"staff_u:staff_r:staff_t:s0", "staff_u:staff_r:staff_sudo_t:s0", false, false},
		{"no range, an object: its user stays", debian, "system_u:system_r:httpd_t", "staff_u:object_r:user_home_t",
			"file", "read",
			"system_u:system_r:httpd_t:s0", "staff_u:object_r:user_home_t:s0", false, false},
		{"no range, a process of root", debian, "root:sysadm_r:sysadm_t", "root:sysadm_r:sysadm_t", "process",
			"signal", "root:sysadm_r:sysadm_t:s0", "root:sysadm_r:sysadm_t:s0", false, false},
		{"a foreign user, role and level stay", debian, "guest_u:system_r:httpd_t:s0:c5",
			"other_u:object_r:etc_t:s0:c5", "file", "read",
			"system_u:system_r:httpd_t:s0:c5", "system_u:object_r:etc_t:s0:c5", true, false},
		{"a foreign high level: the low one stays", debian, "system_u:system_r:httpd_t:s0-s15:c0.c1023",
			"system_u:object_r:etc_t:s3:c1", "file", "read",
			"system_u:system_r:httpd_t:s0", "system_u:object_r:etc_t:s0", true, true},
		{"a foreign category of an object", debian, "staff_u:staff_r:staff_t:s0-s0:c0.c1023",
			"staff_u:object_r:user_home_t:s0:c1024", "file", "read",
			"staff_u:staff_r:staff_t:s0-s0:c0.c1023", "staff_u:object_r:user_home_t:s0", true, true},
		{"a foreign role of a process", debian, "staff_u:dba_r:staff_t:s0", "system_u:object_r:etc_t:s0", "file",
			"read", "staff_u:staff_r:staff_t:s0", "system_u:object_r:etc_t:s0", true, false},
		{"a role that the type may not have", debian, "system_u:system_r:staff_t:s0", "system_u:object_r:etc_t:s0",
			"file", "read", "staff_u:staff_r:staff_t:s0", "system_u:object_r:etc_t:s0", true, false},
		{"MLS: a level that the policy has stays", mls, "system_u:system_r:httpd_t:s3:c7",
			"nobody_u:object_r:etc_t:s3:c7", "file", "read",
			"system_u:system_r:httpd_t:s3:c7", "system_u:object_r:etc_t:s3:c7", true, false},
		{"MLS: no range of a user", mls, "staff_u:staff_r:staff_t", "system_u:object_r:etc_t", "file", "read",
			"staff_u:staff_r:staff_t:s0", "system_u:object_r:etc_t:s0", false, false},
		{"a range on a policy without MLS", plain, "system_u:init_r:init_t:s0-s0:c0.c1023",
			"plain_u:object_r:file_t:s0:c3", "file", "read", "system_u:init_r:init_t", "plain_u:object_r:file_t",
			false, false},
		{"a foreign user on a policy without MLS", plain, "root:init_r:init_t:s0", "root:object_r:file_t:s0", "file",
			"read", "system_u:init_r:init_t", "system_u:object_r:file_t", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := diagnose.New(access.NewDecider(c.p), network.Question{Machine: network.Machine{Host: host.Standard()}})
			d := avc(t, g, line(c.perm, "", c.source, c.target, c.class))
			foreign := len(d.Missing) == 1 && d.Missing[0].Kind == diagnose.NoLevel
			if foreign != c.level || !foreign && d.Verdict == diagnose.UnknownHere {
				t.Fatalf("missing %v", d.Missing)
			}
			source, target := c.p.FormatContext(d.Source), c.p.FormatContext(d.Target)
			if !strings.HasPrefix(source, strings.TrimSuffix(c.wantSource, ":s0")) || target != c.wantTarget {
				t.Errorf("asked %s and %s, want %s and %s", source, target, c.wantSource, c.wantTarget)
			}
			asked := slices.ContainsFunc(d.Notes, func(n diagnose.Note) bool {
				return strings.Contains(n.Text,
					"the answer is for the same type")
			})
			if asked != c.noted {
				t.Errorf("notes %v, want one of another context: %v", d.Notes, c.noted)
			}
		})
	}
}

// A computed context that is not valid is told by what is wrong with it, not by the
// range that a policy without MLS does not have.
func TestInvalidContextForm(t *testing.T) {
	g := diagnose.New(access.NewDecider(openPolicy(t, testenv.Policy(t, "default"))),
		network.Question{Machine: network.Machine{Host: host.Standard()}})
	for context, want := range map[string]string{
		"root:sysadm_r:httpd_t":      "role sysadm_r may not have type httpd_t",
		"staff_u:system_r:httpd_t":   "user staff_u may not have role system_r",
		"root:sysadm_r:httpd_t:s0":   "role sysadm_r may not have type httpd_t",
		"nobody_u:system_r:httpd_t":  `no user "nobody_u"`,
		"system_u:nothing_r:httpd_t": `no role "nothing_r"`,
	} {
		e := one(t, `type=SELINUX_ERR msg=audit(1719221013.068:95): op=security_compute_sid invalid_context="`+context+
			`" scontext=root:sysadm_r:sysadm_t tcontext=root:sysadm_r:sysadm_t tclass=unix_dgram_socket`)
		d := g.Error(e, &e.Errors[0])
		if d.Verdict != diagnose.StillDenied || !slices.ContainsFunc(d.Notes,
			func(n diagnose.Note) bool { return strings.Contains(n.Text, want) }) {
			t.Errorf("%s: %s, %v, want %q", context, d.Verdict, d.Notes, want)
		}
	}
}

// handle_unknown decides over names that a kernel or a known program has, and over no others:
// the example denies unknown classes and permissions, Debian's policies allow them.
func TestUnknownNames(t *testing.T) {
	allows := openPolicy(t, testenv.Policy(t, "default"))
	if !allows.AllowsUnknown() {
		testenv.Missing(t, "the policy does not allow what is unknown")
	}
	for _, c := range []struct {
		perm, class string
		want        diagnose.Verdict
	}{
		{"prog_loadd", "bpf", diagnose.UnknownHere},      // no permission of any kernel
		{"ioctl", "tcp_sockett", diagnose.UnknownHere},   // no class of any kernel
		{"open", "process", diagnose.UnknownHere},        // a permission of another class
		{"map_create", "io_uring", diagnose.UnknownHere}, // of another class as well
		{"name_connectt", "tcp_socket", diagnose.UnknownHere},
	} {
		g := diagnose.New(access.NewDecider(allows), network.Question{Machine: network.Machine{Host: host.Standard()}})
		d := g.AVC(&audit.Event{}, &audit.AVC{
			Result: audit.Denied, Permissions: []string{c.perm}, TClass: c.class,
			SContext: "system_u:system_r:httpd_t:s0", TContext: "system_u:object_r:etc_t:s0",
		})
		if d.Verdict != c.want || len(d.Missing) != 1 || d.Missing[0].Kind != diagnose.NotReal {
			t.Errorf("%s %s: %s, missing %v", c.class, c.perm, d.Verdict, d.Missing)
		}
	}
}

// A socket unit's socket: systemd makes the calls of its making, the service has
// the label. The capability for a low port is systemd's.
func TestSocketUnit(t *testing.T) {
	p := openPolicy(t, testenv.Policy(t, "default"))
	g := diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: host.Standard()}})
	record := `pid=%s comm="%s" src=1001`
	for _, c := range []struct {
		pid, comm, domain string
		systemd           bool
	}{
		{"1", "systemd", "cockpit_ws_t", true}, {"1", "systemd", "squid_t", true},
		{"812", "systemd", "cockpit_ws_t", true},
		{"812", "cockpit-ws", "cockpit_ws_t", false}, {"812", "squid", "squid_t", false},
	} {
		fields := strings.Replace(strings.Replace(record, "%s", c.pid, 1), "%s", c.comm, 1)
		d := avc(t, g, line("name_bind", fields, c.domain, "hi_reserved_port_t", "tcp_socket"))
		if d.Question == nil || (d.Question.Maker != nil) != c.systemd {
			t.Fatalf("%+v: question %+v", c, d.Question)
		}
		answer, err := network.Ask(access.NewDecider(p), *d.Question)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range slices.Concat(answer.Layers, d.Also) {
			source := p.TypeName(policy.TypeID(l.SourceContext.Type))
			byTask := l.Layer == network.LayerCapability || l.Perm == "bind" || l.Perm == "create"
			if want := map[bool]string{true: "init_t", false: c.domain}[c.systemd && byTask]; source != want {
				t.Errorf("%+v: %s %s is asked of %s, want %s", c, l.Layer, l.Perm, source, want)
			}
		}
	}
}

// TCP Fast Open asks what connect() asks, of a call that sends.
func TestFastOpen(t *testing.T) {
	record := func(class, call string) string {
		return `type=AVC msg=audit(1795161600.000:100): ` + line("name_connect", "dest=5601", "squid_t",
			"unreserved_port_t", class) +
			"\ntype=SYSCALL msg=audit(1795161600.000:100): arch=c000003e syscall=" + call +
			` success=no exit=-13 a0=3 a1=0 a2=0 a3=0 items=0 ppid=1 pid=812 comm="squid" exe="/usr/sbin/squid" ` +
			`subj=system_u:system_r:squid_t:s0 key=(null)`
	}
	for _, c := range []struct {
		class, call string
		want        network.Call
	}{
		{"tcp_socket", "42", network.CallConnect}, {"tcp_socket", "44", network.CallFastOpen},
		{"tcp_socket", "46", network.CallFastOpen},
		// an association is made by sending, and asked about as by connect()
		{"sctp_socket", "46", network.CallConnect},
	} {
		d := avc(t, newDiagnoser(t), record(c.class, c.call))
		if d.Call != c.want || d.Operation != network.Connect {
			t.Errorf("%s, system call %s: %s of %s, want %s", c.class, c.call, d.Call, d.Operation, c.want)
		}
		if (d.Mirrors() == "selinux_socket_sendmsg") != (c.want == network.CallFastOpen) {
			t.Errorf("%s: %s", c.call, d.Mirrors())
		}
		for _, l := range d.Also {
			if l.Call == network.CallConnect && c.want == network.CallFastOpen {
				t.Errorf("%s: connect() is asked about: %+v", c.call, l.Row)
			}
		}
	}
}

// The port of a raw socket is labelled by the socket's own protocol, which the
// record does not have: its label tells.
func TestRawPort(t *testing.T) {
	p := openPolicy(t, testenv.Policy(t, "default"))
	g := diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: host.Standard()}})
	for _, label := range []string{"http_port_t", "dns_port_t", "port_t", "reserved_port_t", "hi_reserved_port_t"} {
		d := avc(t, g, line("name_bind", "src=80", "httpd_t", label, "rawip_socket"))
		if got := p.TypeName(policy.TypeID(d.Target.Type)); got != label || d.Was != "" {
			t.Errorf("%s: asked of %s, was %q", label, got, d.Was)
		}
		if d.Question != nil {
			t.Errorf("%s: %+v: no port type can be for a protocol that is not known", label, d.Question)
		}
	}
}

// A packet's port is the listener's, whichever end has the lower number.
func TestPacketPort(t *testing.T) {
	for _, c := range []struct {
		perm, ports string
		want        uint16
	}{
		{"recv", "src=51000 dest=443", 443}, // to a server here
		{"recv", "src=443 dest=51000", 443}, // the answer to a client here
		{"recv", "src=700 dest=2049", 2049}, // from a low port, as NFS clients use it
		{"recv", "src=20 dest=21", 21},      // neither is of the local range
		{"recv", "src=51000 dest=5601", 5601},
		{"recv", "src=40000 dest=50000", 50000}, // both are
		{"send", "src=51000 dest=443", 443},     // of a client here
		{"send", "src=443 dest=51000", 443},     // of a server here
		{"send", "src=700 dest=2049", 2049},
		{"send", "src=2049 dest=40000", 2049},
		{"recv", "dest=53", 53}, {"recv", "src=53", 53}, {"recv", "", 0},
	} {
		d := avc(t, newDiagnoser(t), line(c.perm, "saddr=10.0.0.1 daddr=10.0.0.2 "+c.ports+" netif=eth0", "squid_t",
			"unlabeled_t", "packet"))
		if d.Port != c.want {
			t.Errorf("%s %s: port %d, want %d", c.perm, c.ports, d.Port, c.want)
		}
	}
}
