package incident_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

const caseContexts = `/.*	system_u:object_r:default_t:s0
/usr/sbin/.*	system_u:object_r:bin_t:s0
/usr/sbin/rsyslogd	--	system_u:object_r:syslogd_exec_t:s0
/usr/sbin/in\.tftpd	--	system_u:object_r:tftpd_exec_t:s0
/var/www(/.*)?	system_u:object_r:httpd_sys_content_t:s0
/root/\.ssh(/.*)?	system_u:object_r:ssh_home_t:s0
/home/u1/\.ssh(/.*)?	system_u:object_r:ssh_home_t:s0
/var/lib/app(/.*)?	system_u:object_r:var_lib_t:s0
/run(/.*)?	system_u:object_r:var_run_t:s0
/tmp	-d	system_u:object_r:tmp_t:s0
`

// caseReport explains a log under Debian's policy and a system that has file
// contexts and no programs.
func caseReport(t *testing.T, log string, o incident.Options) *incident.Report {
	t.Helper()
	db, err := policyfile.Open(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := incident.Read(strings.NewReader(log), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=default\n",
		"etc/selinux/default/contexts/files/file_contexts": caseContexts,
		"etc/selinux/default/contexts/customizable_types":  "user_home_t\n",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := host.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	o.System = &subject.System{Root: root}
	o.Machine.Machine = network.Machine{Host: host.Standard()}
	return incident.Explain(access.NewDecider(policy.New(db)), l, o)
}

func denied(perm, fields, source, target, class string) string {
	context := func(typ, role string) string {
		if strings.Contains(typ, ":") {
			return typ
		}
		return "system_u:" + role + ":" + typ + ":s0"
	}
	role := "object_r"
	if strings.HasPrefix(class, "cap") {
		role = "system_r"
	}
	return "type=AVC msg=audit(1795161600.000:100): avc:  denied  { " + perm + " } for  pid=7 " + fields +
		" scontext=" + context(source, "system_r") +
		" tcontext=" + context(target, role) + " tclass=" + class + " permissive=0\n"
}

// The change that comes first: files without a label, or with a wrong one, get
// theirs; for a capability that passes modes the mode comes first.
func TestFirstChange(t *testing.T) {
	path := func(name string) string {
		return `type=PATH msg=audit(1795161600.000:100): item=0 name="` + name +
			`" inode=9 dev=fd:00 mode=0100600 ouid=0 ogid=0 nametype=NORMAL` + "\n"
	}
	for _, c := range []struct {
		log  string
		want incident.Way
	}{
		{denied("read", `comm="httpd" path="/var/www/x" dev="vda" ino=9`, "httpd_t", "unlabeled_t", "file"),
			incident.Relabel},
		{denied("search", `comm="httpd" name="x" dev="vda" ino=9`, "httpd_t", "unlabeled_t", "dir"), incident.Relabel},
		{denied("read", `comm="httpd" path="/srv/x" dev="vda" ino=9`, "httpd_t", "default_t", "file"),
			incident.Relabel},
		{denied("write", `comm="squid" name="s" dev="vda" ino=9`, "squid_t", "unlabeled_t", "sock_file"),
			incident.Relabel},
		{denied("read", `comm="sshd" path="/root/.ssh/authorized_keys" dev="vda" ino=9`, "sshd_t",
			"httpd_sys_content_t", "file"), incident.Relabel},
		{denied("read", `comm="sshd" path="/home/u1/.ssh/authorized_keys" dev="vda" ino=9`, "sshd_t", "var_lib_t",
			"file"), incident.Relabel},
		{denied("read", `comm="sshd" name="authorized_keys" dev="vda" ino=9`, "sshd_t", "var_lib_t",
			"file") + path("/root/.ssh/authorized_keys"), incident.Relabel},
		// A device file without a label of its own; its directory has that label rightly.
		{denied("read", `comm="collectd" name="ipmi0" dev="devtmpfs" ino=9`, "collectd_t", "device_t", "chr_file"),
			incident.Relabel},
		{denied("write", `comm="collectd" name="/" dev="devtmpfs" ino=9`, "collectd_t", "device_t", "dir"),
			incident.AllowRule},
		// The label is the one that file_contexts gives, or the right one would not help.
		{denied("write", `comm="httpd" path="/var/www/x" dev="vda" ino=9`, "httpd_t", "httpd_sys_content_t", "file"),
			incident.AllowRule},
		{denied("write", `comm="named" path="/var/www/x" dev="vda" ino=9`, "named_t", "etc_t", "file"),
			incident.AllowRule},
		{denied("dac_override", `comm="memcached" capability=1`, "memcached_t", "memcached_t", "capability"),
			incident.FileMode},
		{denied("dac_read_search", `comm="squid" capability=2`, "squid_t", "squid_t",
			"capability") + path("/etc/shadow"), incident.FileMode},
		{denied("sys_ptrace", `comm="squid" capability=19`, "squid_t", "squid_t", "capability"), incident.AllowRule},
		// The packet's unlabeled_t is no file's.
		{denied("send", `comm="squid" saddr=10.0.0.1 src=40000 daddr=10.0.0.2 dest=443 netif=eth0`, "squid_t",
			"unlabeled_t", "packet"), incident.PacketRule},
	} {
		r := caseReport(t, c.log, incident.Options{})
		if len(r.Findings) != 1 {
			t.Fatalf("%d findings: %s", len(r.Findings), c.log)
		}
		f := &r.Findings[0]
		if f.Verdict() == diagnose.NowAllowed {
			t.Logf("the policy allows it: %s", c.log)
			continue
		}
		if f.Fix.Way != c.want {
			t.Errorf("%s, want %s: file %+v: %s", f.Fix.Way, c.want, f.Denial.File, c.log)
		}
	}
	f := caseReport(t, denied("dac_override", `comm="named" capability=1`, "named_t", "named_t",
		"capability")+path("/etc/shadow"), incident.Options{}).Findings[0]
	if f.Denial.File == nil || f.Denial.File.Path != "/etc/shadow" || f.Denial.File.Mode != "0100600" {
		t.Errorf("%+v", f.Denial.File)
	}
}

// A program's own complaint: whose domain, and what of.
func TestComplaints(t *testing.T) {
	for _, c := range []struct {
		name, line, domain string
		missing            diagnose.GapKind // "" where the policy has an answer
		path               string
	}{
		{"a program that is not there, by file_contexts",
			"Oct 04 14:15:23 h2 rsyslogd[498]: cannot connect to 192.0.2.1:5514: Permission denied", "syslogd_t", "",
			""},
		{"a container of compose", "web-1  | nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)", "",
			diagnose.NoContainerDomain, ""},
		{"a container of compose 1", "web_1  | nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)",
			"", diagnose.NoContainerDomain, ""},
		{"the host's program", "nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)", "httpd_t", "",
			""},
		{"a UNIX socket of a known domain",
			`nginx: [emerg] bind() to unix:/run/app.sock failed (13: Permission denied)`, "httpd_t",
			diagnose.NoDirectory, "/run/app.sock"}, // allowed with the labels of file_contexts, which it may not have
		{"a UNIX socket of an unknown one",
			`Jul 01 08:47:13 h1 nosuchd[649]: Cannot bind socket to "/tmp/a.sock": Permission denied`, "",
			diagnose.NoDomain, "/tmp/a.sock"},
		{"socket()", "nginx: [emerg] socket() 0.0.0.0:80 failed (13: Permission denied)", "httpd_t", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := caseReport(t, c.line+"\n", incident.Options{})
			if len(r.Findings) != 1 || r.Findings[0].Symptom == nil {
				t.Fatalf("%+v, %+v", r.Findings, r.Log.Stats)
			}
			d := r.Findings[0].Symptom
			if d.Subject.Name != c.domain || d.Path != c.path {
				t.Errorf("%q, path %q; want %q, %q", d.Subject.Name, d.Path, c.domain, c.path)
			}
			if (c.missing == "") != (len(d.Missing) == 0) || c.missing != "" && d.Missing[0].Kind != c.missing {
				t.Errorf("missing %v, want %q", d.Missing, c.missing)
			}
			if (c.missing == "") != r.Complete() {
				t.Errorf("complete %v", r.Complete())
			}
		})
	}
}

// A denial of the socket's file and the program's line about it are one thing.
func TestJoinedByPath(t *testing.T) {
	line := ` 7:20171219:025858.999 cannot start alert manager service: Cannot bind socket to "/tmp/%s": [13] ` +
		`Permission denied.` + "\n"
	record := denied("create", `comm="zabbix_server" name="alerter.sock"`, "zabbix_t", "tmp_t", "sock_file")
	if r := caseReport(t, record+strings.Replace(line, "%s", "alerter.sock", 1),
		incident.Options{}); len(r.Findings) != 1 || len(r.Findings[0].Complaints) != 1 {
		t.Errorf("%+v", r.Findings)
	}
	// Another socket of the same program: by all appearances it is refused for the same reason.
	if r := caseReport(t, record+strings.Replace(line, "%s", "other.sock", 1),
		incident.Options{}); len(r.Findings) != 1 || !r.Findings[0].Complaints[0].Vague {
		t.Errorf("another socket: %+v", r.Findings)
	}
	record = denied("create", `comm="zabbix_server" path="/srv/alerter.sock"`, "zabbix_t", "tmp_t", "sock_file")
	if r := caseReport(t, record+strings.Replace(line, "%s", "other.sock", 1),
		incident.Options{}); len(r.Findings) != 2 {
		t.Errorf("a socket of another directory: %+v", r.Findings)
	}
}

// TestJoined: which denial a complaint is told with, which it is not, and how sure that is.
func TestJoined(t *testing.T) {
	const inside = "system_u:system_r:container_t:s0:c1,c2"
	bind := func(comm, source string) string {
		return denied("name_bind", `comm="`+comm+`" src=7443`, source, "unreserved_port_t", "tcp_socket")
	}
	connect := func(comm, source, port, target string) string {
		return denied("name_connect", `comm="`+comm+`" dest=`+port, source, target, "tcp_socket")
	}
	const nginx = "nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)\n"
	for _, c := range []struct {
		name, log string
		joined    string // source types that have a complaint, * where it is by all appearances
		alone     int    // complaints that have no denial
	}{
		{"a container's", bind("nginx", inside) + "web-1  | " + nginx, "container_t", 0},
		{"a container's that names no program", connect("app", inside, "5601", "unreserved_port_t") +
			"app-1  | dial tcp 192.0.2.7:5601: connect: permission denied\n", "container_t", 0},
		{"a container's that names nothing", bind("java", inside) +
			"app-1  | Caused by: java.net.BindException: Permission denied\n", "container_t*", 0},
		{"a container's, and two ports", bind("java", inside) + strings.Replace(bind("java", inside), "7443", "7444",
			1) + "app-1  | Caused by: java.net.BindException: Permission denied\n", "", 1},
		{"a container's, and the host's denial", bind("nginx", "httpd_t") + "web-1  | " + nginx, "", 1},
		{"both, and both", bind("nginx", "httpd_t") + bind("nginx", inside) + "web-1  | " + nginx + nginx,
			"container_t httpd_t", 0},
		{"podman logs without a name", bind("nginx", inside) + nginx, "container_t", 0},
		{"the only one on the port", connect("php-fpm", "httpd_t", "3306", "mysqld_port_t") +
			"PHP Warning:  mysqli_connect(): (HY000/2002): Permission denied in /srv/x.php\n", "httpd_t*", 0},
		{"one of two on the port", bind("nginx", "httpd_t") + bind("named", "named_t") +
			"listen tcp :7443: bind: permission denied\n", "", 1},
		{"another port", bind("nginx", "httpd_t") + "listen tcp :7444: bind: permission denied\n", "", 1},
		{"another operation", bind("nginx", "httpd_t") + "dial tcp 192.0.2.1:7443: connect: permission denied\n", "",
			1},
		{"another program", bind("nginx", "httpd_t") +
			"Oct  9 09:13:22 h sshd[7]: error: Bind to port 7443 on 0.0.0.0 failed: Permission denied.\n", "", 1},
		{"a month later", strings.Replace(bind("x", "httpd_t"), "1795161600", "1792569600", 1) +
			"2026-11-20T08:00:00Z listen tcp :7443: bind: permission denied\n", "", 1},
		{"socket()", denied("create", `comm="nginx"`, "httpd_t", "system_u:system_r:httpd_t:s0", "tcp_socket") +
			"nginx: [emerg] socket() 0.0.0.0:80 failed (13: Permission denied)\n", "httpd_t", 0},
		{"a program that systemd starts", denied("execute", `comm="(x)" path="/opt/x" dev="vda" ino=3`, "init_t",
			"user_home_t", "file") + "x.service: Failed at step EXEC spawning /opt/x: Permission denied\n",
			"init_t", 0},
		{"another program that systemd starts", denied("execute", `comm="(x)" path="/opt/x" dev="vda" ino=3`, "init_t",
			"user_home_t", "file") + "x.service: Failed at step EXEC spawning /opt/y: Permission denied\n", "", 1},
		{"a step before a program", denied("setattr", `comm="(x)" name="x.db" dev="vda" ino=3`, "init_t",
			"user_home_t", "file") + "x.service: Failed at step STATE_DIRECTORY spawning /opt/x: Permission denied\n",
			"init_t*", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var joined []string
			left := 0
			for _, f := range caseReport(t, c.log, incident.Options{}).Findings {
				if f.Symptom != nil {
					left++
				}
				for _, said := range f.Complaints {
					name := audit.ContextType(f.AVC.SContext)
					if said.Vague {
						name += "*"
					}
					joined = append(joined, name)
				}
			}
			slices.Sort(joined)
			if strings.Join(joined, " ") != c.joined || left != c.alone {
				t.Errorf("joined %q and %d alone, want %q and %d", joined, left, c.joined, c.alone)
			}
		})
	}
}

// A complaint of no known domain has the booleans that would allow it to one: what
// web applications need for their database.
func TestChances(t *testing.T) {
	for _, c := range []struct {
		line string
		want string // a boolean among them, "" for none at all
	}{
		{"2003:Can't connect to MySQL server on '192.0.2.54' (13)", "httpd_can_network_connect_db"},
		{"dial tcp 192.0.2.9:3306: connect: permission denied", "httpd_can_network_connect_db"},
		{"nginx: [crit] 7#7: *1 connect() to 192.0.2.9:3306 failed (13: Permission denied)", ""}, // the domain is known
		{"dial unix /run/x.sock: connect: permission denied", ""},
		{"connect: permission denied", ""}, // to no port
	} {
		r := caseReport(t, c.line+"\n", incident.Options{})
		var names []string
		for _, chance := range r.Findings[0].Chances {
			if len(chance.Switch) == 0 || len(chance.Domains) == 0 {
				t.Errorf("%q: %+v", c.line, chance)
			}
			names = append(names, casePolicy(t).BoolName(chance.Switch[0].Bool))
		}
		if (c.want == "") != (len(names) == 0) || c.want != "" && !slices.Contains(names, c.want) {
			t.Errorf("%q: %v, want %q", c.line, names, c.want)
		}
	}
}

// casePolicy is the policy of caseReport.
func casePolicy(t *testing.T) *policy.Policy {
	t.Helper()
	db, err := policyfile.Open(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}
