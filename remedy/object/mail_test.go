package object_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/remedy/object"
)

// TestMail: what is below a directory of mail is mail, and so are the indexes that dovecot keeps there, whose names end
// in .log; other files of the same label tell what one without a path is for. A case for each rule, on Debian's policy.
func TestMail(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	for _, tt := range []struct {
		what, source, target, perm, path, name string
		beside                                 []string
		first, pattern                         string // the first fix, and the files it is for
	}{
		{"mail of virtual users", "dovecot_t", "var_t", "getattr", "/var/vmail/example.org/amy/Maildir/cur/1", "", nil,
			"label:mail_spool_t", "/var/vmail(/.*)?"},
		{"without a directory of users", "dovecot_t", "default_t", "write", "/data/Maildir/cur/1", "", nil,
			"label:mail_spool_t", "/data/Maildir(/.*)?"},
		{"in a home", "dovecot_t", "user_home_t", "write", "/home/amy/Maildir/cur/1", "", nil,
			"label:mail_home_rw_t", "/home/amy/Maildir(/.*)?"},
		{"an index by its name", "dovecot_t", "var_t", "write", "", "dovecot.index.log", nil, "label:mail_spool_t", ""},
		{"a file beside mail", "dovecot_t", "var_t", "write", "", "changes.log", []string{"/srv/vmail/amy/1"},
			"label:mail_spool_t", ""},
		{"a log", "dovecot_t", "var_t", "append", "", "changes.log", nil, "label:dovecot_var_log_t", ""},
		{"a log of a mail server", "dovecot_t", "var_t", "append", "/var/log/mail/changes", "", nil,
			"label:dovecot_var_log_t", "/var/log/mail(/.*)?"},
		{"a process id", "dovecot_t", "var_t", "write", "/srv/mail/run/master.pid", "", nil, "label:dovecot_runtime_t",
			"/srv/mail/run(/.*)?"},
		{"a file beside logs", "dovecot_t", "var_t", "append", "", "changes.log", []string{"/srv/logs/x"},
			"label:dovecot_var_log_t", ""},
		{"a file .log beside data", "redis_t", "var_t", "write", "", "changes.log", []string{"/srv/redis/dump.rdb"},
			"label:redis_var_lib_t", ""},
		{"a numbered log of a database", "redis_t", "var_t", "write", "/srv/redis/000412.log", "", nil,
			"label:redis_var_lib_t", "/srv/redis(/.*)?"},
		{"a label of a service", "httpd_t", "named_zone_t", "write", "/srv/mail/x", "", nil, "rule", ""},
	} {
		onDisk := "system_u:object_r:" + tt.target + ":s0"
		r := object.Find(access.NewDecider(p), object.Problem{
			Source: context(t, p, "system_u:system_r:"+tt.source+":s0"), Target: context(t, p, onDisk), Class: "file",
			Perms: []string{tt.perm}, Path: tt.path, Name: tt.name, Beside: tt.beside, Files: files{tt.path, onDisk},
			Lost: tt.target == "default_t",
		})
		if len(r.Fixes) == 0 || r.Fixes[0].Name(p) != tt.first {
			t.Errorf("%s: %+v", tt.what, r.Fixes)
			continue
		}
		if tt.pattern == "" {
			continue
		}
		if got := r.Fixes[0].Place(tt.path, "file", nil).Pattern; got != tt.pattern {
			t.Errorf("%s: got %s, want %s", tt.what, got, tt.pattern)
		}
	}
}
