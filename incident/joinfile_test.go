package incident_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
)

// TestJoinedFiles: a program's complaint about a file and the record of it are one finding: by the domain or the
// program's name, and the file's name, or that of a directory of its path.
func TestJoinedFiles(t *testing.T) {
	nginx := `nginx: [emerg] open() "/srv/www/index.html" failed (13: Permission denied)`
	python := "PermissionError: [Errno 13] Permission denied: '/srv/www/index.html'"
	for _, c := range []struct {
		rule, record, line string
		joined, vague      bool
	}{
		{"the last part of the path", denied("read", `comm="nginx" name="index.html"`, "httpd_t", "var_t", "file"),
			nginx,
			true, false},
		{"the whole path", denied("read", `comm="nginx" path="/srv/www/index.html"`, "httpd_t", "var_t", "file"), nginx,
			true, false},
		{"another file", denied("read", `comm="nginx" name="other.html"`, "httpd_t", "var_t", "file"), nginx, false,
			false},
		{"another file that ends so", denied("read", `comm="nginx" name="dex.html"`, "httpd_t", "var_t", "file"), nginx,
			false, false},
		{"a directory of the path", denied("search", `comm="nginx" name="www"`, "httpd_t", "user_home_t", "dir"), nginx,
			true, false},
		{"a file with the name of a directory", denied("read", `comm="nginx" name="www"`, "httpd_t", "var_t", "file"),
			nginx, false, false},
		{"another domain", denied("read", `comm="smbd" name="index.html"`, "smbd_t", "var_t", "file"), nginx, false,
			false},
		{"another domain, the program's name", denied("read", `comm="nginx" name="index.html"`, "initrc_t", "var_t",
			"file"), nginx, true, false},
		{"no name in the record", denied("read", `comm="nginx" dev="sda1" ino=77`, "httpd_t", "var_t", "file"), nginx,
			true, true},
		{"no program in the line, the name", denied("open", `comm="python3" name="index.html"`, "initrc_t", "var_t",
			"file"), python, true, false},
		{"no program in the line, no name in the record", denied("open", `comm="python3" ino=7`, "initrc_t", "var_t",
			"file"), python, true, true},
		{"no file and no program in the line, the operation", denied("write", `comm="x" name="a"`, "httpd_t", "var_t",
			"file"), "could not write file: Permission denied", true, true},
		{"no file and no program in the line, another operation", denied("read", `comm="x" name="a"`, "httpd_t",
			"user_home_t", "file"), "could not write file: Permission denied", false, false},
		{"no file and no program in the line, a directory of the path", denied("search", `comm="x" name="a"`, "httpd_t",
			"user_home_t", "dir"), "could not write file: Permission denied", true, true},
		{"no file in the line", denied("add_name", `comm="php-fpm" name="cache"`, "httpd_t", "var_t", "dir"),
			"PHP Warning:  mkdir(): Permission denied in /var/www/x.php on line 3", true, true},
		{"no file in the line, the program", denied("map", `comm="doveconf" name="x.tmp"`, "httpd_t", "var_t", "file"),
			"status=bounced (Command died with status 89: \"/x\". Command output: doveconf: Fatal: mmap((temp file)) " +
				"failed: Permission denied )", true, true},
		{"no file in the line, another operation", denied("getattr", `comm="doveconf" name="x"`, "httpd_t", "var_t",
			"file"), "doveconf: Fatal: mmap((temp file)) failed: Permission denied", false, false},
		{"another file of the directory", denied("write", `comm="nginx" path="/srv/www/b.log"`, "httpd_t", "var_t",
			"file"), `nginx: [emerg] open() "/srv/www/a.log" failed (13: Permission denied)`, true, true},
		{"a file system", denied("unmount", `comm="exe"`, "httpd_t", "fs_t", "filesystem"),
			"Error writing blob: error unmounting root: permission denied", true, true},
		{"a relative name", denied("write", `comm="postgres" name="16384"`, "postgresql_t", "var_t", "file"),
			`FATAL:  could not open file "base/1/16384": Permission denied`, true, false},
		{"a name alone", denied("create", `comm="touch" name="x.log"`, "initrc_t", "var_t", "file"),
			"touch: cannot touch 'x.log': Permission denied", true, false},
		{"a name alone that another ends with", denied("create", `comm="touch" name="log"`, "initrc_t", "var_t",
			"file"),
			"touch: cannot touch 'x.log': Permission denied", false, false},
		{"what systemd does for a unit",
			denied("setattr", `comm="(colord)" name="mapping.db"`, "init_t", "var_t", "file"),
			"Oct  9 09:13:22 h (colord)[7]: colord.service: Failed at step STATE_DIRECTORY spawning /usr/libexec/a: " +
				"Permission denied", true, true},
		{"what systemd does for a unit, before the step",
			denied("setattr", `comm="(colord)" name="mapping.db"`, "init_t", "var_t", "file"),
			"Oct  9 09:13:22 h (colord)[7]: colord.service: Failed to set up special execution directory in " +
				"/var/lib: Permission denied", true, true},
		{"what another program does", denied("setattr", `comm="colord" name="mapping.db"`, "smbd_t", "var_t", "file"),
			"Oct  9 09:13:22 h (colord)[7]: colord.service: Failed at step STATE_DIRECTORY spawning /usr/libexec/a: " +
				"Permission denied", false, false},
		{"days apart, and nothing tells", denied("open", `comm="python3" ino=7`, "initrc_t", "var_t", "file"),
			"2014-10-09 09:13:22 " + python, false, false},
		{"a granted access", strings.Replace(denied("read", `comm="nginx" name="index.html"`, "httpd_t", "var_t",
			"file"),
			"denied", "granted", 1), nginx, false, false},
	} {
		t.Run(c.rule, func(t *testing.T) {
			r := caseReport(t, c.record+c.line+"\n", incident.Options{})
			joined, vague := false, false
			for i := range r.Findings {
				for _, s := range r.Findings[i].Complaints {
					joined, vague = true, s.Vague
				}
			}
			if joined != c.joined || vague != c.vague || joined && (len(r.Findings) != 1 || r.Complaints != 0) {
				t.Errorf("joined %v, vague %v: %+v", joined, vague, r.Findings)
			}
		})
	}
}

// TestComplaintsOfFilesCount: what is recognised and not understood is counted, and the report is not complete.
func TestComplaintsOfFilesCount(t *testing.T) {
	line := "PermissionError: [Errno 13] Permission denied: '/srv/app/x'\n"
	r := caseReport(t, strings.Repeat(line, 3)+"zsh: permission denied: /srv/y\n", incident.Options{})
	if r.Complaints != 4 || len(r.Findings) != 2 || r.Unknown != 2 || r.Complete() || r.Findings[0].Count != 3 {
		t.Errorf("%+v", r)
	}
	if r.Findings[0].Event.Format != audit.FormatProgram || r.Findings[0].Fix.Way != "" {
		t.Errorf("%+v", r.Findings[0])
	}
}
