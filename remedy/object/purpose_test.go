package object_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// TestPurpose: what the access and the name of the object tell of its purpose, on Debian's policy: a case
// for each rule.
func TestPurpose(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	const system, onDisk = "system_u:system_r:", "system_u:object_r:"
	for _, tt := range []struct {
		what                        string
		source, target, class, perm string
		path, name                  string
		files                       object.Files
		lost                        bool
		first                       string
	}{
		{"a file that is appended to is a log", "httpd_t", "var_t", "file", "append", "", "errors", nil, false,
			"label:httpd_log_t"},
		{"but for one in a home", "httpd_t", "user_home_t", "file", "append", "/home/bob/site/x", "",
			files{"/home/bob/site/x", onDisk + "user_home_t:s0"}, false, "rule"},
		{"nor a file with a purpose", "httpd_t", "etc_t", "file", "append", "/etc/motd", "",
			files{"/etc/motd", onDisk + "etc_t:s0"}, false, "rule"},
		{"a file .log is a log", "syslogd_t", "usr_t", "file", "write", "", "fw.log", nil, false, "label:var_log_t"},
		{"a directory logs is for logs", "httpd_t", "default_t", "dir", "write", "/data/logs", "",
			files{"/data/logs", onDisk + "default_t:s0"}, true, "label:httpd_log_t"},
		{"a domain without a label of logs", "logrotate_t", "usr_t", "file", "setattr", "", "app.log", nil, false,
			"label:var_log_t"},
		{"the label of a place with logs", "logrotate_t", "user_home_t", "dir", "read", "", "logs", nil, false,
			"label:var_log_t"},
		{"the log of another service, which is read", "fail2ban_t", "httpd_sys_content_t", "file", "getattr",
			"/var/www/app/log/a.log", "", files{"/var/www/app/log/a.log", onDisk + "httpd_sys_content_t:s0"}, false,
			"label:httpd_log_t"},
		{"a program among settings", "squid_t", "squid_conf_t", "file", "execute", "/etc/squid/check", "",
			files{"/etc/squid/check", onDisk + "squid_conf_t:s0"}, false, "label:bin_t"},
		{"a library among kernel modules", "zabbix_agent_t", "modules_object_t", "file", "execute",
			"/usr/lib/modules/libx.so", "", files{"/usr/lib/modules/libx.so", onDisk + "modules_object_t:s0"}, false,
			"label:lib_t"},
		{"a program of another domain has its label", "fail2ban_t", "ifconfig_exec_t", "file", "execute", "/sbin/ip",
			"", files{"/sbin/ip", onDisk + "ifconfig_exec_t:s0"}, false, "rule"},
		{"a label given on purpose", "httpd_sys_script_t", "httpd_sys_rw_content_t", "file", "execute",
			"/var/www/html/app/x", "", files{"/var/www/html/app/x", onDisk + "httpd_sys_content_t:s0"}, false,
			"label:bin_t"},
		{"a setting of the kernel gets no label", "ftpd_t", "sysctl_net_t", "file", "open",
			"/proc/sys/net/ipv6/conf/all/disable_ipv6", "", files{}, false, "rule"},
		{"a home on NFS gets no label", "local_login_t", "nfs_t", "dir", "search", "/home/amy", "",
			files{"/home/amy", onDisk + "user_home_dir_t:s0"}, false, "bool:use_nfs_home_dirs"},
		{"a program keeps the label of its domain", "passwd_t", "sssd_exec_t", "file", "execute", "/usr/sbin/sss_cache",
			"", files{"/usr/sbin/sss_cache", onDisk + "bin_t:s0"}, false, "rule"},
		{"a label of logs is one", "httpd_t", "named_log_t", "file", "append", "", "x", nil, false, "rule"},
		{"what is in /tmp keeps no label", "httpd_t", "tmp_t", "file", "append", "/tmp/x.log", "",
			files{"/tmp/x.log", onDisk + "tmp_t:s0"}, false, "rule"},
		{"a file in a directory says nothing of it", "slapd_t", "etc_t", "dir", "add_name", "", "ldap.log", nil, false,
			"rule"},
		{"a program of the same name", "named_t", "usr_t", "file", "entrypoint", "/opt/bind/sbin/named", "",
			files{"/usr/sbin/named", onDisk + "named_exec_t:s0"}, false, "label:named_exec_t"},
		{"a program of another name", "named_t", "usr_t", "file", "entrypoint", "/opt/bind/sbin/checker", "",
			files{"/usr/bin/checker", onDisk + "named_checkconf_exec_t:s0"}, false, "label:named_checkconf_exec_t"},
		{"a program of no known name", "named_t", "usr_t", "file", "entrypoint", "/opt/bind/sbin/x", "", nil, false,
			"label:named_exec_t"},
		{"data to write, once a boolean is set", "httpd_t", "httpd_sys_content_t", "dir", "write", "/var/www/up", "",
			files{"/var/www/up", onDisk + "httpd_sys_content_t:s0"}, false, "label:httpd_sys_rw_content_t"},
		{"public files to write", "ftpd_t", "public_content_t", "dir", "write", "/srv/ftp/up", "",
			files{"/srv/ftp/up", onDisk + "public_content_t:s0"}, false, "label:public_content_rw_t"},
		{"public files that are moved, to write", "ftpd_t", "var_t", "file", "write", "/srv/ftp/up/x", "",
			files{"/srv/ftp/up/x", onDisk + "public_content_t:s0"}, false, "label:public_content_rw_t"},
		{"what is to be written in a place without a label", "ftpd_t", "default_t", "dir", "write", "/data/up", "",
			files{"/data/up", onDisk + "default_t:s0"}, true, "label:public_content_rw_t"},
		{"files of a directory that is called after the daemon", "tftpd_t", "default_t", "file", "read", "/data/x", "",
			files{"/data/x", onDisk + "default_t:s0"}, true, "label:tftpdir_t"},
		{"a log with the label of the directory of logs", "mysqld_t", "var_log_t", "file", "append", "/var/log/app/x",
			"", files{"/var/log/app/x", onDisk + "var_log_t:s0"}, false, "label:mysqld_log_t"},
		{"a log that is read", "mysqld_t", "var_log_t", "file", "read", "/var/log/app/x", "",
			files{"/var/log/app/x", onDisk + "var_log_t:s0"}, false, "rule"},
		{"data in /run", "httpd_sys_script_t", "var_run_t", "dir", "add_name", "/run/app", "",
			files{"/run/app", onDisk + "var_run_t:s0"}, false, "rule"},
		{"the directory of all services", "mysqld_t", "var_t", "dir", "add_name", "/srv", "",
			files{"/srv", onDisk + "var_t:s0"}, false, "rule"},
		{"what a log daemon writes", "syslogd_t", "var_t", "dir", "add_name", "/srv/remote", "",
			files{"/srv/remote", onDisk + "var_t:s0"}, false, "label:var_log_t"},
		{"settings in a place", "audisp_t", "var_t", "file", "read", "/var/agent/etc/x", "",
			files{"/var/agent/etc/x", onDisk + "var_t:s0"}, false, "label:etc_t"},
		{"settings by their name", "audisp_t", "var_t", "file", "open", "", "agent.conf", nil, false, "label:etc_t"},
		{"settings of its own", "httpd_t", "var_t", "file", "read", "", "site.conf", nil, false,
			"label:httpd_config_t"},
		{"what is written are no settings", "audisp_t", "var_t", "file", "write", "", "agent.conf", nil, false, "rule"},
		{"settings with a label of a service", "audisp_t", "ntp_conf_t", "file", "read", "", "ntp.conf", nil, false,
			"rule"},
		{"a process id in a place", "dovecot_t", "var_t", "file", "write", "/srv/mail/run/master.pid", "",
			files{"/srv/mail/run/master.pid", onDisk + "var_t:s0"}, false, "label:dovecot_runtime_t"},
		{"what is below /tmp keeps no label", "httpd_t", "default_t", "file", "read", "/tmp/x", "",
			files{}, true, "rule"},
		{"the home of a service", "sshd_t", "var_t", "file", "read", "/srv/git/.ssh/authorized_keys", "",
			files{"/home/git/.ssh/authorized_keys", onDisk + "ssh_home_t:s0"}, false, "label:ssh_home_t"},
		{"a file of one home in another", "sshd_t", "gpg_secret_t", "file", "read",
			"/var/home/joe/.ssh/authorized_keys", "",
			files{"/home/joe/.ssh/authorized_keys", onDisk + "ssh_home_t:s0"}, false, "rule"},
		{"a file that was made in a home", "sshd_t", "xauth_home_t", "file", "read",
			"/var/home/joe/.ssh/authorized_keys", "",
			files{"/home/joe/.ssh/authorized_keys", onDisk + "ssh_home_t:s0"}, false, "alike"},
		{"a certificate among settings", "certmonger_t", "etc_t", "file", "create", "/etc/x/a.cert", "",
			files{"/etc/x/a.cert", onDisk + "etc_t:s0"}, false, "label:cert_t"},
		{"a certificate with a purpose", "ntpd_t", "httpd_config_t", "file", "read", "", "a.crt", nil, false, "rule"},
		{"its own file in /run", "redis_t", "var_run_t", "file", "write", "", "redis.lock", nil, false,
			"label:redis_runtime_t"},
		{"a script among another's data", "logrotate_t", "httpd_sys_content_t", "file", "read", "", "check.sh", nil,
			false, "label:bin_t"},
		{"a page among another's data", "logrotate_t", "httpd_sys_content_t", "file", "read", "", "check.php", nil,
			false, "rule"},
		{"data that is nobody else's", "smbd_t", "default_t", "dir", "write", "/data/docs", "",
			files{"/data/docs", onDisk + "default_t:s0"}, true, "label:samba_share_t"},
		{"a boolean for few domains", "smbd_t", "user_home_t", "dir", "read", "", "", nil, false,
			"bool:samba_enable_home_dirs"},
		{"the same files to write", "tftpd_t", "tftpdir_t", "dir", "write", "/srv/tftp/up", "",
			files{"/srv/tftp/up", onDisk + "tftpdir_t:s0"}, false, "label:tftpdir_rw_t"},
		{"what a service writes among programs", "httpd_t", "usr_t", "file", "write", "/opt/shop/state", "",
			files{"/opt/shop/state", onDisk + "usr_t:s0"}, false, "label:httpd_sys_rw_content_t"},
		{"what another service writes there", "ntpd_t", "usr_t", "file", "write", "/opt/shop/state", "",
			files{"/opt/shop/state", onDisk + "usr_t:s0"}, false, "rule"},
		{"of two booleans the narrower", "ftpd_t", "user_home_t", "dir", "read", "", "", nil, false,
			"bool:ftp_home_dir"},
		{"the program of another domain", "xserver_t", "ntpd_exec_t", "file", "entrypoint", "/usr/sbin/ntpd", "",
			files{"/usr/sbin/ntpd", onDisk + "ntpd_exec_t:s0"}, false, "rule"},
		{"the boolean of a file system without labels", "sshd_t", "nfs_t", "file", "read", "", "", nil, false,
			"bool:use_nfs_home_dirs"},
		{"the service's own for it before that of homes", "rsync_t", "nfs_t", "file", "read", "", "", nil, false,
			"bool:rsync_use_nfs"},
		{"the service's own for it, with a second one", "httpd_t", "nfs_t", "dir", "read", "", "", nil, false,
			"bool:httpd_builtin_scripting+httpd_use_nfs"},
		{"that of libvirt for virtual machines", "svirt_t", "nfs_t", "file", "write", "", "", nil, false,
			"bool:virt_use_nfs"},
		{"a boolean of homes for another place", "tftpd_t", "default_t", "dir", "read", "", "", nil, false, "rule"},
		{"a boolean for directories of each user", "sshd_t", "user_home_t", "dir", "write", "", "", nil, false, "rule"},
		{"Samba's", "sshd_t", "cifs_t", "file", "read", "", "", nil, false, "bool:use_samba_home_dirs"},
	} {
		r := object.Find(access.NewDecider(p), object.Problem{
			Source: context(t, p, system+tt.source+":s0"), Target: context(t, p, onDisk+tt.target+":s0"),
			Class: tt.class, Perms: []string{tt.perm}, Path: tt.path, Name: tt.name, Files: tt.files, Lost: tt.lost,
		})
		if len(r.Fixes) == 0 || r.Fixes[0].Name(p) != tt.first {
			t.Errorf("%s: %+v", tt.what, r.Fixes)
		}
	}
}

// TestUsePlace: a directory gets the label of a use where it is for nothing else; else the file alone does, but for
// logs, which are made anew in their directory.
func TestUsePlace(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	for _, tt := range []struct{ source, class, perm, path, typ, pattern string }{
		{"audisp_t", "file", "read", "/srv/app/etc/agent.conf", "etc_t", `/srv/app/etc(/.*)?`},
		{"audisp_t", "file", "read", "/srv/app/agent.conf", "etc_t", `/srv/app/agent\.conf`},
		{"httpd_t", "file", "read", "/srv/app/certs/a.pem", "cert_t", `/srv/app/certs(/.*)?`},
		{"httpd_t", "file", "read", "/srv/app/a.pem", "cert_t", `/srv/app/a\.pem`},
		{"dovecot_t", "file", "write", "/srv/mail/run/m.pid", "dovecot_runtime_t", `/srv/mail/run(/.*)?`},
		{"dovecot_t", "file", "write", "/srv/mail/m.pid", "dovecot_runtime_t", `/srv/mail/m\.pid`},
		{"syslogd_t", "file", "append", "/var/remotelog/h/app.log", "var_log_t", `/var/remotelog(/.*)?`},
		{"syslogd_t", "file", "append", "/srv/app/app.log", "var_log_t", `/srv/app/[^/]*\.log.*`},
		{"httpd_t", "file", "append", "/var/remotelog/h/app.log", "httpd_log_t", `/var/remotelog/h/[^/]*\.log.*`},
		{"httpd_t", "file", "append", "/srv/app/app.log", "httpd_log_t", `/srv/app/[^/]*\.log.*`},
		{"httpd_t", "file", "append", "/var/log/app.log", "httpd_log_t", `/var/log/app\.log`},
		{"mysqld_t", "file", "append", "/srv/mysql/err.log", "mysqld_log_t", `/srv/mysql/[^/]*\.log.*`},
		{"mysqld_t", "file", "append", "/srv/mysql/logs/err.log", "mysqld_log_t", `/srv/mysql/logs(/.*)?`},
	} {
		r := object.Find(access.NewDecider(p), object.Problem{
			Source: context(t, p, "system_u:system_r:"+tt.source+":s0"),
			Target: context(t, p, "system_u:object_r:var_t:s0"), Class: tt.class, Perms: []string{tt.perm},
			Path: tt.path, Files: files{tt.path, "system_u:object_r:var_t:s0"},
		})
		if len(r.Fixes) == 0 || r.Fixes[0].Type != tt.typ {
			t.Errorf("%s: %+v", tt.path, r.Fixes)
			continue
		}
		if got := r.Fixes[0].Place(tt.path, tt.class, nil).Pattern; got != tt.pattern {
			t.Errorf("%s: got %s, want %s", tt.path, got, tt.pattern)
		}
	}
}

// TestReadOnlyData: data that a domain may read and not write has a label beside it that it may write.
func TestReadOnlyData(t *testing.T) {
	p := hostPolicy(t)
	for _, tt := range []struct {
		what, source, target, class, perm, first string
		rule                                     remedy.Applicability
	}{
		{"its own data", "shop_t", "shop_content_t", "file", "write", "label:shop_rw_content_t", remedy.Never},
		{"its own directory", "shop_t", "shop_content_t", "dir", "add_name", "label:shop_rw_content_t", remedy.Never},
		{"what it may not even read", "shop_t", "shop_hidden_content_t", "file", "write", "rule", remedy.Review},
		{"what is another's", "locate_t", "shop_content_t", "file", "write", "rule", remedy.Review},
		{"no change", "shop_t", "shop_content_t", "file", "execute", "rule", remedy.Review},
	} {
		r := object.Find(access.NewDecider(p), object.Problem{Source: context(t, p, "u:r:"+tt.source+":s0"),
			Target: context(t, p, "u:object_r:"+tt.target+":s0"), Class: tt.class, Perms: []string{tt.perm}})
		if len(r.Fixes) == 0 || r.Fixes[0].Name(p) != tt.first {
			t.Errorf("%s: %+v", tt.what, r.Fixes)
			continue
		}
		if last := r.Fixes[len(r.Fixes)-1]; last.Kind != object.Rule || last.Applicability != tt.rule {
			t.Errorf("%s: the rule: %+v", tt.what, last)
		}
	}
}

// TestIsLasting: the last word of a type says whether it can be one of data that stays.
func TestIsLasting(t *testing.T) {
	for typ, want := range map[string]bool{
		"dovecot_spool_t": true, "mysqld_db_t": true, "dovecot_var_lib_t": true, "httpd_log_t": false,
		"dovecot_var_log_t": false, "dovecot_runtime_t": false, "dovecot_var_run_t": false, "dovecot_tmp_t": false,
		"httpd_cache_t": false, "dovecot_etc_t": false, "dovecot_exec_t": false,
	} {
		if got := object.IsLasting(typ); got != want {
			t.Errorf("%s: %v, want %v", typ, got, want)
		}
	}
}
