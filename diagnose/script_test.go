package diagnose_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
)

// TestScript: which command lines are a script of a service that has domains for plugins, under Debian's policy.
func TestScript(t *testing.T) {
	g := diagnose.New(access.NewDecider(testpolicy.Open(t, testenv.Policy(t, "default"))),
		network.Question{Machine: network.Machine{Host: host.Standard()}})
	for _, c := range []struct{ source, title, path, label string }{
		{"nrpe_t", "python3.9 /opt/checks/check_raid.py --all", "/opt/checks/check_raid.py",
			"nagios_unconfined_plugin_exec_t"},
		{"munin_t", "/usr/bin/perl -w /opt/munin/raid", "/opt/munin/raid", "unconfined_munin_plugin_exec_t"},
		{"httpd_t", "/usr/bin/perl /srv/cgi-bin/form.pl", "/srv/cgi-bin/form.pl", "httpd_sys_script_exec_t"},
		{"httpd_t", "python3 /srv/app/wsgi.py", "", ""},                                    // a server
		{"nrpe_t", "python3 -c print(1)", "SCRIPT", "nagios_unconfined_plugin_exec_t"},     // no file
		{"nrpe_t", "python3 -m check /opt/x", "SCRIPT", "nagios_unconfined_plugin_exec_t"}, // a module
		{"nrpe_t", "/usr/sbin/nrpe -c /etc/nrpe.cfg", "", ""},                              // its own program
		{"postfix_local_t", "/usr/bin/perl /opt/filter.pl", "", ""},                        // no domain for scripts
		{"nrpe_t", "sh check_raid", "SCRIPT", "nagios_unconfined_plugin_exec_t"},           // a path that is not known
	} {
		d := avc(t, g, "type=AVC msg=audit(1.1:1): "+line("read", `name="x"`, c.source, "shadow_t", "file")+
			"\ntype=PROCTITLE msg=audit(1.1:1): proctitle=\""+c.title+"\"\n")
		path, label := "", ""
		if d.Script != nil {
			path, label = d.Script.Path, d.Script.Type
		}
		if path != c.path || label != c.label || (d.Instead == diagnose.InsteadScript) != (c.path != "") {
			t.Errorf("%s: %s: got %q %q %q", c.source, c.title, path, label, d.Instead)
		}
	}
}

// TestStartedScript: which programs are scripts that a service starts itself, and of which labels; the label that the
// policy has for them.
func TestStartedScript(t *testing.T) {
	g := diagnose.New(access.NewDecider(testpolicy.Open(t, testenv.Policy(t, "default"))),
		network.Question{Machine: network.Machine{Host: host.Standard()}})
	for _, c := range []struct{ source, file, target, path, label string }{
		{"httpd_t", `path="/opt/a/x.pl"`, "usr_t", "/opt/a/x.pl", "httpd_sys_script_exec_t"},
		{"httpd_t", `path="/opt/a/x.sh"`, "httpd_sys_content_t", "/opt/a/x.sh", "httpd_sys_script_exec_t"},
		{"httpd_t", `path="/srv/a/cgi-bin/x"`, "var_t", "/srv/a/cgi-bin", "httpd_sys_script_exec_t"},
		{"httpd_t", `name="x.cgi"`, "default_t", "", "httpd_sys_script_exec_t"},
		{"nrpe_t", `path="/opt/a/x.py"`, "usr_t", "/opt/a/x.py", "nagios_unconfined_plugin_exec_t"},
		{"httpd_t", `path="/opt/a/x"`, "usr_t", "", ""},              // a program
		{"httpd_t", `path="/opt/a/x.pl"`, "bin_t", "", ""},           // the label of programs
		{"httpd_t", `path="/opt/a/x.pl"`, "postgresql_db_t", "", ""}, // the data of a service
		{"sshd_t", `path="/opt/a/x.pl"`, "usr_t", "", ""},            // no domain for scripts
	} {
		d := avc(t, g, "type=AVC msg=audit(1.1:1): "+line("execute", c.file, c.source, c.target, "file")+"\n")
		if d.Elsewhere != nil {
			d = d.Elsewhere
		}
		path, label := "", ""
		if d.Script != nil {
			path, label = d.Script.Path, d.Script.Type
		}
		if path != c.path || label != c.label || (d.Instead == diagnose.InsteadScript) != (c.label != "") {
			t.Errorf("%s %s %s: got %q %q %q", c.source, c.file, c.target, path, label, d.Instead)
		}
	}
}
