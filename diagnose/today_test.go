package diagnose_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

// The verdict today, with the reason of its first refused permission.
func TestToday(t *testing.T) {
	connect := func(source, target string, port string) string {
		return line("name_connect", "dest="+port, source, target, "tcp_socket")
	}
	for _, c := range []struct {
		name, line string
		bools      []string
		want       diagnose.Verdict
		code       access.Code // "" for nothing refused
	}{
		{"no rule", connect("postgresql_t", "unreserved_port_t", "5601"), nil, diagnose.StillDenied, access.NoRule},
		{"a boolean is off", connect("haproxy_t", "unreserved_port_t", "5601"), nil, diagnose.StillDenied,
			access.BoolOff},
		{"the boolean was set since", connect("haproxy_t", "unreserved_port_t", "5601"),
			[]string{"haproxy_connect_any"}, diagnose.NowAllowed, ""},
		// Story 1's fix was applied since: the port's label of today decides, not the one in the record.
		{"the port was labelled since", connect("haproxy_t", "unreserved_port_t", "8080"), nil, diagnose.NowAllowed,
			""},
		{"the port's type was removed since", connect("haproxy_t", "system_u:object_r:kibana_port_t:s0", "5601"), nil,
			diagnose.StillDenied, access.BoolOff},
		{"a permissive domain", strings.Replace(connect("zabbix_agent_t", "unreserved_port_t", "5601"), " permissive=0",
			"", 1), nil, diagnose.OnlyLogged, access.BoolOff},
		{"a permissive domain, enforced there", connect("zabbix_agent_t", "unreserved_port_t", "5601"), nil,
			diagnose.StillDenied, access.BoolOff},
		{"a domain of another policy", connect("kibanaa_t", "unreserved_port_t", "5601"), nil, diagnose.UnknownHere,
			""},
		{"a target of another policy", line("read", "", "squid_t", "no_such_t", "file"), nil, diagnose.UnknownHere, ""},
		{"a constraint", line("write", "lport=80", "system_u:system_r:httpd_t:s0:c1",
			"system_u:system_r:httpd_t:s0:c2", "tcp_socket"), nil, diagnose.StillDenied, access.Constrained},
		{"another class is denied if unknown", line("access", "", "squid_t", "unlabeled_t", "infiniband_pkey"), nil,
			diagnose.StillDenied, access.UnknownDenied},
		// Logs of policies without levels, and of users that this one lacks.
		{"a context without levels", connect("system_u:system_r:haproxy_t", "system_u:object_r:unreserved_port_t",
			"5601"), nil, diagnose.StillDenied, access.BoolOff},
		{"another user", connect("staff_u:staff_r:haproxy_t:s0", "unreserved_port_t", "5601"), nil,
			diagnose.StillDenied, access.BoolOff},
		{"a permission without a name", line("0x8000000", "", "squid_t", "squid_t", "tcp_socket"), nil,
			diagnose.UnknownHere, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := avc(t, newDiagnoser(t, c.bools...), c.line)
			code := access.Code("")
			if refused := d.Refused(); refused != nil {
				code = refused.Reason.Code
			}
			if d.Verdict != c.want || code != c.code {
				t.Errorf("%s %s, want %s %s; missing %v", d.Verdict, code, c.want, c.code, d.Missing)
			}
			if (d.Verdict == diagnose.UnknownHere) == d.Explained() || d.Verdict == diagnose.UnknownHere &&
				len(d.Missing) == 0 {
				t.Errorf("explained %v, missing %v", d.Explained(), d.Missing)
			}
		})
	}
}

// A port that was labelled since is noted with both labels.
func TestRelabelled(t *testing.T) {
	d := avc(t, newDiagnoser(t), line("name_connect", "dest=8080", "haproxy_t", "unreserved_port_t", "tcp_socket"))
	if d.Was != "system_u:object_r:unreserved_port_t:s0" || !noted(d, diagnose.NoteRelabelled) || d.Label == nil ||
		d.Label.Record < 0 {
		t.Errorf("was %q, %v", d.Was, d.Notes)
	}
	p := examplePolicy(t)
	http, _ := p.PortLabel(6, 80), 0
	p = p.WithPorts(policydb.PortCon{Protocol: 6, Low: 5601, High: 5601, Context: http.Context})
	d = avc(t, diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: host.Standard()}}),
		line("name_connect", "dest=5601", "haproxy_t", "unreserved_port_t", "tcp_socket"))
	if d.Verdict != diagnose.NowAllowed || d.Was == "" {
		t.Errorf("%s, was %q", d.Verdict, d.Was)
	}
}

// What a refusal hides: the kernel stops at the first, so the next shows only
// when that is fixed.
func TestAlso(t *testing.T) {
	for _, c := range []struct {
		name, line string
		want       string
		blocked    bool
	}{
		{"name_bind hides node_bind and the capability",
			line("name_bind", "src=81", "elasticsearch_t", "http_port_t", "tcp_socket"),
			"node node_bind, capability net_bind_service", true},
		{"nothing else", line("name_connect", "dest=5601", "haproxy_t", "unreserved_port_t", "tcp_socket"), "", false},
		{"a socket's connect hides name_connect", line("connect", "fport=5432", "postgresql_t", "postgresql_t",
			"tcp_socket"), "port name_connect", true},
		{"a bind hides listen and accept", line("name_bind", "src=9200", "filebeat_t", "elasticsearch_port_t",
			"tcp_socket"),
			"socket bind, node node_bind, socket listen, socket accept", true},
		{"a client's bind without the address", line("name_bind", "src=9200", "elasticsearch_t",
			"elasticsearch_port_t", "tcp_socket"), "node node_bind", false},
		{"an inherited socket is there already", line("listen", "lport=8080", "httpd_t", "init_t", "tcp_socket"),
			"socket accept", false},
		{"reading of one", line("read", `path="socket:[1]" dev="sockfs" ino=1`, "httpd_t", "init_t", "tcp_socket"),
			"socket write", false},
		{"packets do not name the protocol", line("recv", "saddr=10.0.0.7 src=1 daddr=10.0.0.1 dest=2 netif=eth0",
			"squid_t", "netlabel_peer_t", "peer"), "", false},
		{"a low port that SOCKADDR names",
			"type=AVC msg=audit(1700000000.000:7): " +
				line("net_bind_service", "capability=10", "elasticsearch_t", "elasticsearch_t", "capability") +
				"\ntype=SOCKADDR msg=audit(1700000000.000:7): saddr=020000510A0000070000000000000000",
			"port name_bind, node node_bind", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := avc(t, newDiagnoser(t), c.line)
			var list []string
			for _, l := range d.Also {
				list = append(list, string(l.Layer)+" "+l.Perm)
			}
			if got := strings.Join(list, ", "); got != c.want || d.Blocked() != c.blocked {
				t.Errorf("got %q, blocked %v; want %q, %v", got, d.Blocked(), c.want, c.blocked)
			}
		})
	}
}

// SOCKADDR gives the address that the AVC leaves out, and with it the label of
// the node.
func TestSockaddr(t *testing.T) {
	log := func(address string) string {
		return "type=AVC msg=audit(1700000000.000:7): " +
			line("name_bind", "src=9300", "postgresql_t", "elasticsearch_port_t", "tcp_socket") +
			"\ntype=SYSCALL msg=audit(1700000000.000:7): arch=c000003e syscall=49 success=no exit=-13 a0=3 a1=7f " +
			"items=0 ppid=1 pid=812 comm=\"x\" exe=\"/usr/bin/x\" subj=system_u:system_r:postgresql_t:s0 key=(null)" +
			"\ntype=SOCKADDR msg=audit(1700000000.000:7): saddr=" + address
	}
	d := avc(t, newDiagnoser(t), log("020024547F0000010000000000000000"))
	if d.Addr != netip.MustParseAddr("127.0.0.1") || d.Port != 9300 {
		t.Errorf("%v %d", d.Addr, d.Port)
	}
	// Another port: not the call that was refused.
	d = avc(t, newDiagnoser(t), log("020024557F0000010000000000000000"))
	if d.Addr.IsValid() || d.Port != 9300 {
		t.Errorf("%v %d", d.Addr, d.Port)
	}
}

// name_bind in the local port range: never asked on a host that has the range,
// so such a record is of a host that has another.
func TestLocalPorts(t *testing.T) {
	log := line("name_bind", "src=40000", "haproxy_t", "ephemeral_port_t", "tcp_socket")
	d := avc(t, newDiagnoser(t), log)
	if d.Verdict != diagnose.StillDenied || !noted(d, diagnose.NoteLocalPorts) {
		t.Errorf("standard host: %s %v", d.Verdict, d.Notes)
	}
	facts := host.Standard()
	facts.Assumed = false
	d = avc(t, diagnose.New(access.NewDecider(examplePolicy(t)),
		network.Question{Machine: network.Machine{Host: facts}}), log)
	if d.Verdict != diagnose.NotAsked || !noted(d, diagnose.NoteLocalPorts) {
		t.Errorf("host that was read: %s %v", d.Verdict, d.Notes)
	}
}

// Who makes the call, and whose the socket is.
func TestNotes(t *testing.T) {
	syscall := func(avc, subj string) string {
		return "type=AVC msg=audit(1700000000.000:7): " + avc +
			"\ntype=SYSCALL msg=audit(1700000000.000:7): arch=c000003e syscall=49 success=no exit=-13 ppid=1 " +
			"pid=812 comm=\"x\" exe=\"/usr/bin/x\" subj=" + subj + " key=(null)"
	}
	bind := line("name_bind", "src=5601", "haproxy_t", "unreserved_port_t", "tcp_socket")
	for _, c := range []struct {
		name, line string
		want       []diagnose.NoteCode
		text       string
	}{
		{"nothing to note", bind, nil, ""},
		{"systemd with the service's label", strings.Replace(bind, `comm="x"`, `comm="systemd"`, 1),
			[]diagnose.NoteCode{diagnose.NoteActivation}, "for haproxy_t"},
		{"process 1", strings.Replace(bind, "pid=812", "pid=1", 1), []diagnose.NoteCode{diagnose.NoteActivation}, ""},
		{"systemd with its own label", strings.Replace(line("name_bind", "src=0", "init_t", "port_t", "tcp_socket"),
			`comm="x"`, `comm="systemd"`, 1),
			[]diagnose.NoteCode{diagnose.NoteActivation}, "as init_t"},
		{"a container runtime", strings.Replace(bind, `comm="x"`, `comm="docker-proxy"`, 1),
			[]diagnose.NoteCode{diagnose.NoteRuntime}, "docker-proxy"},
		{"a runtime's name that was cut", strings.Replace(bind, `comm="x"`, `comm="containerd-shim"`, 1),
			[]diagnose.NoteCode{diagnose.NoteRuntime}, ""},
		{"setsockcreatecon", syscall(bind, "system_u:system_r:sshd_t:s0"),
			[]diagnose.NoteCode{diagnose.NoteSocketLabel}, "runs as sshd_t"},
		{"the process's own label", syscall(bind, "system_u:system_r:haproxy_t:s0"), nil, ""},
		{"systemd's socket", line("accept", "lport=22", "squid_t", "init_t", "tcp_socket"),
			[]diagnose.NoteCode{diagnose.NoteInherited}, "systemd, for a .socket unit"},
		{"another daemon's socket", line("write", "lport=22", "squid_t", "sshd_t", "tcp_socket"),
			[]diagnose.NoteCode{diagnose.NoteInherited}, "made by sshd_t"},
		{"a passed descriptor of a process", line("use", `path="anon_inode:[pidfd]" dev="pidfs" ino=1`, "httpd_t",
			"sshd_t", "fd"), []diagnose.NoteCode{diagnose.NoteInherited}, "leaves it out of the message"},
		{"a passed descriptor", line("use", `path="socket:[1]" dev="sockfs" ino=1`, "httpd_t", "sshd_t", "fd"),
			[]diagnose.NoteCode{diagnose.NoteInherited}, ""},
		{"a packet", line("recv", "saddr=10.0.0.7 netif=eth0", "squid_t", "netlabel_peer_t", "peer"),
			[]diagnose.NoteCode{diagnose.NotePacket}, "timeout"},
		{"permissive then", strings.Replace(bind, "permissive=0", "permissive=1", 1),
			[]diagnose.NoteCode{diagnose.NotePermissive}, "will be refused"},
		{"hidden by dontaudit", line("name_bind", "src=623", "named_t", "hi_reserved_port_t", "udp_socket"),
			[]diagnose.NoteCode{diagnose.NoteHidden}, "semodule -DB"},
		{"a label the kernel did not know", line("name_bind", "src=5601", "haproxy_t", "unreserved_port_t",
			"tcp_socket") + " trawcon=system_u:object_r:gone_t:s0",
			[]diagnose.NoteCode{diagnose.NoteRawContext}, "gone_t"},
		{"another user", line("read", "", "staff_u:staff_r:squid_t:s0", "etc_t", "dir"),
			[]diagnose.NoteCode{diagnose.NoteContext}, "the answer is for the same type with those of this policy, " +
				"system_u:system_r:squid_t:s0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := avc(t, newDiagnoser(t), c.line)
			var codes []diagnose.NoteCode
			text := ""
			for _, n := range d.Notes {
				codes = append(codes, n.Code)
				text += n.Text + "\n"
			}
			if !slices.Equal(codes, c.want) || !strings.Contains(text, c.text) {
				t.Errorf("got %v, want %v with %q:\n%s", codes, c.want, c.text, text)
			}
		})
	}
}

// SELINUX_ERR records: bounds, a label that is not valid, a netlink message.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		line string
		want diagnose.Verdict
	}{
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_compute_av reason=bounds " +
			"scontext=system_u:system_r:httpd_app_t:s0 tcontext=system_u:object_r:http_port_t:s0 tclass=tcp_socket " +
			"perms=name_bind", diagnose.StillDenied},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_compute_sid " +
			"invalid_context=user_u:system_r:haproxy_t:s0 scontext=system_u:system_r:haproxy_t:s0 " +
			"tcontext=system_u:system_r:haproxy_t:s0 tclass=tcp_socket", diagnose.StillDenied},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_compute_sid " +
			"invalid_context=system_u:system_r:haproxy_t:s0 scontext=system_u:system_r:haproxy_t:s0 " +
			"tcontext=system_u:system_r:haproxy_t:s0 tclass=tcp_socket", diagnose.NowAllowed},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_compute_sid " +
			"invalid_context=system_u:system_r:gone_t:s0 scontext=system_u:system_r:gone_t:s0 " +
			"tcontext=system_u:system_r:gone_t:s0 tclass=tcp_socket", diagnose.UnknownHere},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_bounded_transition seresult=denied " +
			"oldcontext=system_u:system_r:httpd_t:s0 newcontext=system_u:system_r:sshd_t:s0", diagnose.StillDenied},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_bounded_transition seresult=denied " +
			"oldcontext=system_u:system_r:httpd_t:s0 newcontext=system_u:system_r:httpd_app_t:s0", diagnose.NowAllowed},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_bounded_transition seresult=denied " +
			"oldcontext=system_u:system_r:httpd_t:s0 newcontext=system_u:system_r:gone_t:s0", diagnose.UnknownHere},
		{"type=SELINUX_ERR msg=audit(1700000000.000:7): op=security_validate_transition seresult=denied " +
			"oldcontext=system_u:object_r:etc_t:s0 newcontext=system_u:object_r:etc_t:s0:c1 " +
			"taskcontext=system_u:system_r:httpd_t:s0 tclass=file", diagnose.StillDenied},
		{"SELinux: unrecognized netlink message: protocol=0 nlmsg_type=75 sclass=netlink_route_socket pid=812 " +
			"comm=ip", diagnose.StillDenied},
	} {
		e := one(t, c.line)
		if len(e.Errors) != 1 {
			t.Fatalf("%d errors: %s", len(e.Errors), c.line)
		}
		d := newDiagnoser(t).Error(e, &e.Errors[0])
		if d.Hook != diagnose.HookError || d.Verdict != c.want || d.Explained() != (c.want != diagnose.UnknownHere) {
			t.Errorf("%s %v %v, want %s: %s", d.Verdict, d.Missing, d.Notes, c.want, c.line)
		}
	}
}

// A program's own complaint: the domain by the program's name, the verdict by
// the policy.
func TestSymptoms(t *testing.T) {
	for _, c := range []struct {
		line, domain string
		port         uint16
		want         diagnose.Verdict
		missing      diagnose.GapKind
	}{
		// P1: haproxy does not say the port.
		{`haproxy[812]: Server kibana/app1 is DOWN, reason: Layer4 connection problem, info: "General socket error ` +
			`(Permission denied)"`, "haproxy_t", 0, diagnose.UnknownHere, diagnose.NoPort},
		{`haproxy[812]: [ALERT] Starting frontend www: cannot bind socket (Permission denied) [0.0.0.0:5601]`,
			"haproxy_t", 5601, diagnose.StillDenied, ""},
		// P2: nginx runs as the web server's domain.
		{`[crit] 812#812: *1 connect() to 127.0.0.1:8081 failed (13: Permission denied) while connecting to upstream`,
			"httpd_t", 8081, diagnose.StillDenied, ""},
		{`[emerg] 812#812: bind() to 0.0.0.0:80 failed (13: Permission denied)`, "httpd_t", 80, diagnose.NowAllowed,
			""},
		{`sshd[812]: error: Bind to port 2222 on 0.0.0.0 failed: Permission denied.`, "sshd_t", 2222,
			diagnose.StillDenied, ""},
		{`nosuchd[812]: connect() to 10.0.0.7:80: Permission denied`, "", 80, diagnose.UnknownHere, diagnose.NoDomain},
		// P7: nothing is in the log, and SELinux refuses it all the same.
		{`named[812]: bind() to 10.0.0.7:623 failed: Permission denied (udp)`, "named_t", 623, diagnose.StillDenied,
			""},
	} {
		e := one(t, c.line)
		if e.Symptom == nil {
			t.Fatalf("no symptom: %s", c.line)
		}
		d := newDiagnoser(t).Symptom(e)
		if d.Subject.Name != c.domain || d.Port != c.port || d.Verdict != c.want ||
			(len(d.Missing) > 0) != (c.missing != "") || len(d.Missing) > 0 && d.Missing[0].Kind != c.missing {
			t.Errorf("%s as %q, port %d, missing %v: %s", d.Verdict, d.Subject.Name, d.Port, d.Missing, c.line)
		}
	}
}

// The port of a server, out of haproxy's configuration.
func TestHaproxy(t *testing.T) {
	for _, c := range []struct {
		server string
		port   uint16
		addr   string
	}{
		{"10.0.0.7:5601 check", 5601, "10.0.0.7"},
		{"ipv4@10.0.0.7:5601", 5601, "10.0.0.7"},
		{"[::1]:5601", 5601, "::1"},
		{"::1:5601", 5601, "::1"},
		{"app1.example.org:5601", 5601, "invalid IP"},
		{"10.0.0.7:+100", 0, "invalid IP"}, // relative to the client's
		{"10.0.0.7", 0, "invalid IP"},
		{"unix@/run/app1", 0, "invalid IP"},
		{"10.0.0.7:70000", 0, "invalid IP"},
		{"", 0, "invalid IP"},
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "etc/haproxy"), 0o755); err != nil {
			t.Fatal(err)
		}
		config := "backend other\n  server app1 10.9.9.9:99\nlisten kibana\n  server app2 10.9.9.9:98\n  server " +
			"app1 " + c.server + "\nfrontend kibana\n"
		if err := os.WriteFile(filepath.Join(dir, "etc/haproxy/haproxy.cfg"), []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		root, err := host.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		e := one(t,
			`haproxy[812]: Server kibana/app1 is DOWN, reason: Layer4 connection problem, info: "General socket `+
				`error (Permission denied)"`)
		d := newDiagnoser(t).In(&subject.System{Root: root}).Symptom(e)
		if d.Port != c.port || d.Addr.String() != c.addr || (d.Verdict == diagnose.UnknownHere) != (c.port == 0) {
			t.Errorf("%s: port %d, %s, %s", c.server, d.Port, d.Addr, d.Verdict)
		}
	}
}

// Whatever is in a log, diagnosing it does not panic, and an answer has its parts.
func FuzzDiagnose(f *testing.F) {
	for _, seed := range []string{
		line("name_connect", "dest=5601", "haproxy_t", "unreserved_port_t", "tcp_socket"),
		line("node_bind", "saddr=::1 src=80", "haproxy_t", "node_t", "udp_socket"),
		line("recv", "saddr=10.0.0.7 src=1 daddr=::1 dest=2 netif=lo", "squid_t", "netlabel_peer_t", "peer"),
		line("0x80000000 nlmsg", "", "squid_t", "squid_t", "netlink_audit_socket"),
		line("name_bind", "src=65535", "squid_t:s0:c0.c1023", "port_t", "rawip_socket"),
		line("sendto", `path=002F72756E`, "squid_t", "init_t", "unix_dgram_socket"),
		"type=SELINUX_ERR msg=audit(1.0:1): op=security_compute_av reason=bounds scontext=a:b:squid_t tcontext=::: " +
			"tclass=x perms=a,b",
		line("append", `path="/var/log/x" dev="dm-0"`, "gone_t", "var_lib_t", "file"),
		line("execute", `name="x"`, "squid_t", "gone_var_run_t", "file"),
		`sshd[1]: error: Bind to port 99999 on :: failed: Permission denied.`,
		`connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16) = -1 EACCES ` +
			`(Permission denied)`,
	} {
		f.Add(seed)
	}
	g := newDiagnoser(f)
	f.Fuzz(func(t *testing.T, log string) {
		events, _ := audit.Parse(log, audit.Options{})
		for _, e := range events {
			for i := range e.AVCs {
				d := g.AVC(e, &e.AVCs[i])
				if d.Hook == "" || d.Verdict == "" || d.Verdict == diagnose.StillDenied && d.Refused() == nil ||
					d.Verdict == diagnose.NowAllowed && d.Refused() != nil {
					t.Fatalf("%+v", d)
				}
				lacks := slices.ContainsFunc(d.Missing, func(g diagnose.Gap) bool { return g.Kind == diagnose.NoType })
				if d.Verdict != diagnose.UnknownHere && d.Step != "" || lacks && d.Step == "" && d.Instead == "" {
					t.Fatalf("first step %q: %+v", d.Step, d)
				}
			}
			for i := range e.Errors {
				if d := g.Error(e, &e.Errors[i]); d.Verdict == "" {
					t.Fatalf("%+v", d)
				}
			}
			if e.Symptom != nil {
				if d := g.Symptom(e); d.Verdict == diagnose.UnknownHere && len(d.Missing) == 0 ||
					d.Verdict != diagnose.UnknownHere && d.Answer == nil && d.Checks == nil {
					t.Fatalf("%+v", d)
				}
			}
		}
	})
}

// Old kernels do not say permissive=0: the result of the system call does.
func TestEnforcedByResult(t *testing.T) {
	for result, want := range map[string]diagnose.Verdict{
		"success=no exit=-13": diagnose.StillDenied,
		"success=no exit=-2":  diagnose.OnlyLogged,
		"success=yes exit=3":  diagnose.OnlyLogged,
	} {
		record := "type=AVC msg=audit(1700000000.000:7): avc:  denied  { name_connect } for  pid=7 comm=\"z\" " +
			"dest=5601 scontext=system_u:system_r:zabbix_agent_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 " +
			"tclass=tcp_socket\n" +
			"type=SYSCALL msg=audit(1700000000.000:7): arch=c000003e syscall=42 " + result + " a0=3 pid=7 comm=\"z\"\n"
		d := avc(t, newDiagnoser(t), record)
		if d.Verdict != want {
			t.Errorf("%s: %s, want %s", result, d.Verdict, want)
		}
		noted := strings.Contains(fmt.Sprint(d.Notes), "success=no, EACCES")
		if noted != (want == diagnose.StillDenied) {
			t.Errorf("%s: notes %v", result, d.Notes)
		}
	}
}
