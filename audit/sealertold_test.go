package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestOldReports: the sentences of setroubleshoot before version 3, and what people write around a newer one.
func TestOldReports(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{"types in brackets", `SELinux is preventing smbd (smbd_t) "read" to ./smb.conf (httpd_sys_content_t).`,
			"smbd smbd_t [read]  0 ./smb.conf httpd_sys_content_t"},
		{"no target", `SELinux is preventing sshd (sshd_t) "execmem" to <Unknown> (sshd_t).`,
			"sshd sshd_t [execmem]  0  sshd_t"},
		{"several permissions", `SELinux is preventing x (x_t) "read write" to /srv/x (var_t).`,
			"x x_t [read write]  0 /srv/x var_t"},
		{"access on a target",
			`SELinux is preventing /usr/sbin/x "name_bind" access on port 81. For complete SELinux ` +
				`messages. run sealert -l 1`, "/usr/sbin/x  [name_bind]  81  "},
		{"a verb", "SELinux is preventing the samba daemon from reading users' home directories.",
			"smbd  [read] file 0  "},
		{"two verbs, without from", "SELinux prevented httpd reading and writing access to http files.",
			"httpd  [read write] file 0  "},
		{"a port", "SELinux is preventing the http daemon from connecting to network port 3306",
			"httpd  [name_connect]  3306  "},
		{"a path", "SELinux prevented the ftp daemon from writing /srv/ftp/x.", "ftpd  [write] file 0 /srv/ftp/x "},
		{"a quotation ends with its mark", "SELinux is preventing x from write access on the file /usr/bin/x` and more",
			"x  [write] file 0 /usr/bin/x "},
		{"and with its sentence", "SELinux is preventing x from write access on the file /usr/bin/x. It is so often.",
			"x  [write] file 0 /usr/bin/x "},
		{"words for names", "SELinux is preventing PROGRAM from write access on the file PROGRAM_PATH.", ""},
		{"nobody's name", "SELinux is preventing me from reading the log.", ""},
		{"nobody's name in the plural", "SELinux prevented users from writing to it.", ""},
		{"no verb", "SELinux prevented something strange.", ""},
		{"a sentence about many", "SELinux prevented all of the daemons here on this machine from reading it", ""},
	} {
		p, ok := parseReport(c.text)
		got := ""
		if ok {
			got = fmt.Sprint(p.Program, " ", p.SourceType, " ", p.Permissions, " ", p.Class, " ", p.Port, " ", p.Path,
				" ",
				p.TargetType)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}

// TestReportClass: a report with both types is a denial if one class alone fits, and that class is marked as inferred.
func TestReportClass(t *testing.T) {
	for _, c := range []struct{ rule, permission, target, want string }{
		{"a path is that of a file", "read", "./x.conf", "file x.conf"},
		{"a permission of directories", "search", "/srv", "dir /srv"},
		{"files have it, whatever directories have", "getattr", "/srv/x", "file /srv/x"},
		{"one class has it", "execmem", "<Unknown>", "process "},
		{"device files of old kernels have it, too", "execute_no_trans", "<Unknown>", ""},
		{"many classes have it", "getattr", "<Unknown>", ""},
		{"no class has it", "nosuch", "/srv/x", ""},
	} {
		p, _ := parseReport(fmt.Sprintf(`SELinux is preventing x (x_t) %q to %s (y_t).`, c.permission, c.target))
		a, ok := p.AVC()
		got := ""
		if ok {
			got = a.TClass + " " + a.Path + a.Name
			if len(a.Inferred) != 1 || a.Inferred[0] != (Inference{Field: "tclass", Taken: a.TClass}) {
				t.Errorf("%s: inferred %+v", c.rule, a.Inferred)
			}
			if a.SContext != "x_t" || a.TContext != "y_t" {
				t.Errorf("%s: contexts %q %q", c.rule, a.SContext, a.TContext)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}

// TestReportObjects: the Additional Information has the class, and the path where the sentence has none.
func TestReportObjects(t *testing.T) {
	const text = `SELinux is preventing x "read" access on <Unknown>.` + "\nAdditional Information:\n" +
		"Source Context  system_u:system_r:httpd_t:s0\nTarget Context  system_u:object_r:var_t:s0\n" +
		"Target Objects  /srv/x [ dir ]\n"
	events, _ := Parse(text, Options{})
	if len(events) != 1 || events[0].Report == nil {
		t.Fatalf("%d events", len(events))
	}
	a, ok := events[0].Report.AVC()
	if !ok || a.TClass != "dir" || a.Path != "/srv/x" || len(a.Inferred) != 0 {
		t.Errorf("%v %+v", ok, a)
	}
	if events, _ := Parse(strings.Replace(text, "[ dir ]", "[ dir", 1), Options{}); len(events) != 1 ||
		events[0].Report.Class != "" {
		t.Error("a class that is cut")
	}
}
