package diagnose_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	unix "syscall"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/subject"
)

const fileContexts = `/	-d	system_u:object_r:root_t:s0
/.*	system_u:object_r:default_t:s0
/var(/.*)?	system_u:object_r:var_t:s0
/var/log(/.*)?	system_u:object_r:var_log_t:s0
/var/www(/.*)?	system_u:object_r:httpd_sys_content_t:s0
/srv(/.*)?	system_u:object_r:var_t:s0
/srv/none	<<none>>
/mnt(/[^/]*)?	-d	system_u:object_r:mnt_t:s0
/mnt/[^/]*/.*	<<none>>
/home	-d	system_u:object_r:home_root_t:s0
/home/[^/]+	-d	system_u:object_r:user_home_dir_t:s0
/home/[^/]+/.+	system_u:object_r:user_home_t:s0
`

// complain answers a line in a system under Debian's policy. The files have modes and labels, as in "0755 var_t"; a
// name that ends in / is a directory.
func complain(t *testing.T, files map[string]string, line string) *diagnose.SymptomDiagnosis {
	t.Helper()
	dir := testenv.Tree(t, map[string]string{
		"etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=default\n",
		"etc/selinux/default/contexts/files/file_contexts": fileContexts,
	})
	for name, what := range files {
		if to, link := strings.CutPrefix(what, "-> "); link {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var mode os.FileMode
		var typ string
		if _, err := fmt.Sscanf(what, "%o %s", &mode, &typ); err != nil {
			t.Fatal(name, err)
		}
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(at, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(at, []byte("web1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(at, mode); err != nil {
			t.Fatal(err)
		}
		if typ == "none" {
			continue
		}
		label := []byte("system_u:object_r:" + typ + ":s0\x00")
		if err := unix.Setxattr(at, "security.selinux", label, 0); err != nil {
			testenv.Missing(t, "labels cannot be written: "+err.Error())
		}
	}
	root, err := host.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	g := diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: host.Standard()}})
	d := g.In(&subject.System{Root: root}).Symptom(one(t, line))
	if d.File == nil {
		t.Fatalf("%s: %+v", line, d)
	}
	return d
}

// fileText writes the verdict, the one under the labels of file_contexts, the first refused step and what is missing.
func fileText(d *diagnose.SymptomDiagnosis) string {
	text := string(d.Verdict)
	if d.File.If != "" {
		text += " if " + string(d.File.If)
	}
	if c := d.Refused(); c != nil {
		text += fmt.Sprintf(" %s %s:%s", c.Path, c.Class, c.Check.Name)
	}
	for _, g := range d.Missing {
		text += strings.TrimRight(fmt.Sprintf(" -%s %s", g.Kind, g.Name), " ")
	}
	for _, m := range d.File.Modes {
		text += fmt.Sprintf(" mode %s %s", m.Path, m.Lacks)
	}
	if d.File.Wrong != "" {
		text += " wrong " + d.File.Wrong
	}
	for _, p := range d.File.Passages {
		text += fmt.Sprintf(" passage %s %s", p.Path, p.Type)
		if p.Keeps != "" {
			text += "keeps " + p.Keeps
		}
	}
	return text
}

// TestFileRefusal has a case for each rule about what a complaint about a file asks, and when its answer is certain.
func TestFileRefusal(t *testing.T) {
	nginx := func(call, name string) string {
		return `nginx: [emerg] ` + call + `() "` + name + `" failed (13: Permission denied)`
	}
	with := func(more map[string]string) map[string]string {
		files := map[string]string{"/": "0755 root_t", "srv/": "0755 var_t", "srv/www/": "0755 httpd_sys_content_t"}
		for name, what := range more {
			files[name] = what
		}
		return files
	}
	for _, tt := range []struct {
		rule  string
		files map[string]string
		line  string
		want  string
	}{
		{"the label of the file itself is certain", with(map[string]string{"srv/www/x": "0644 user_home_t"}),
			nginx("open", "/srv/www/x"), "denied /srv/www/x file:open"},
		{"and so is that of a directory, which comes first", with(map[string]string{"srv/www/": "0755 user_home_t",
			"srv/www/x": "0644 user_home_t"}), nginx("open", "/srv/www/x"),
			"denied /srv/www dir:search wrong /srv/www"},
		{"all labels are known and allowed: something else refused it",
			with(map[string]string{"srv/www/x": "0644 httpd_sys_content_t"}), nginx("open", "/srv/www/x"), "allowed"},
		{"a mode that keeps others out is named", with(map[string]string{"srv/www/x": "0600 httpd_sys_content_t"}),
			nginx("open", "/srv/www/x"), "allowed mode /srv/www/x r"},
		{"that of a directory by what others may not pass",
			with(map[string]string{"srv/www/": "0750 httpd_sys_content_t",
				"srv/www/x": "0644 httpd_sys_content_t"}), nginx("open", "/srv/www/x"), "allowed mode /srv/www x"},
		{"without the file its label is that of file_contexts, and no fact", with(nil), nginx("open", "/srv/www/x"),
			"unknown if denied /srv/www/x file:open -file /srv/www/x"},
		{"allowed so is none either", with(nil), nginx("open", "/var/www/x"),
			"unknown if allowed -file /var/www/x"},
		{"but a known label of a directory decides", with(map[string]string{"srv/": "0755 default_t"}),
			nginx("open", "/srv/www/x"), "denied /srv dir:search wrong /srv"},
		{"file_contexts has no label", with(nil), nginx("open", "/srv/none"), "unknown -file /srv/none"},
		{"below a mounted file system files have the label of its directory, which keeps it", with(nil),
			`FATAL:  could not open directory "/mnt/pg/base": Permission denied`,
			"unknown if denied /mnt dir:search -file /mnt passage /mnt keeps mnt_t passage /mnt/pg keeps mnt_t"},
		{"but not the label of another place", with(map[string]string{"mnt/": "0755 var_t", "mnt/pg/": "0755 var_t",
			"mnt/pg/base/": "0755 postgresql_db_t"}),
			`FATAL:  could not open directory "/mnt/pg/base": Permission denied`, "allowed"},
		{"a label that tells nothing, on the way", with(nil), nginx("open", "/data/www/x"),
			"unknown if denied /data dir:search -file /data passage /data var_t passage /data/www var_t"},
		{"a log is opened to append", with(map[string]string{"var/log/": "0755 var_log_t",
			"var/log/x.log": "0644 httpd_log_t"}), nginx("open", "/var/log/x.log"),
			"unknown if allowed -file /var/log/x.log mode /var/log/x.log w"},
		{"what is written", with(map[string]string{"srv/www/x": "0644 httpd_sys_content_t"}),
			"php-fpm: file_put_contents(/srv/www/x): Failed to open stream: Permission denied",
			"denied /srv/www/x file:write mode /srv/www/x w"},
		{"a new directory asks its parent", with(nil), nginx("mkdir", "/srv/www/cache"),
			"denied /srv/www dir:write mode /srv/www w"},
		{"what is removed asks the directory and the file",
			with(map[string]string{"srv/www/x": "0644 httpd_sys_content_t"}),
			nginx("unlink", "/srv/www/x"), "denied /srv/www dir:write mode /srv/www w"},
		{"times are an attribute of the file", with(map[string]string{"srv/www/x": "0666 httpd_sys_content_t"}),
			nginx("utime", "/srv/www/x"), "denied /srv/www/x file:setattr"},
		{"a link is read, not the file", with(nil), nginx("readlink", "/home/u/x"),
			"unknown if denied /home/u/x lnk_file:read -file /home/u/x"},
		{"a directory is listed", with(map[string]string{"srv/www/": "0755 user_home_t"}), nginx("opendir", "/srv/www"),
			"denied /srv/www dir:open"},
		{"what is there tells the class", with(map[string]string{"srv/www/": "0755 user_home_t"}),
			nginx("open", "/srv/www"), "denied /srv/www dir:open"},
		{"search of a directory", with(map[string]string{"srv/www/": "0755 user_home_t"}), nginx("chdir", "/srv/www"),
			"denied /srv/www dir:search"},
		{"a known refusal counts, not an assumed one before it", with(map[string]string{"data/": "0755 none",
			"data/x": "0644 user_home_t"}), nginx("open", "/data/x"), "denied /data/x file:open passage /data var_t"},
		{"what is made has the label of an assumed directory", with(map[string]string{
			"var/www/": "0755 none"}), nginx("mkdir", "/var/www/c"),
			"unknown if denied /var/www dir:write -file /var/www mode /var/www w"},
		{"a log of another host has no files here", with(map[string]string{"srv/www/x": "0644 user_home_t",
			"etc/hostname": "0644 etc_t"}),
			"Oct  9 09:13:22 web9 nginx[7]: [emerg] open() \"/srv/www/x\" failed (13: " +
				"Permission denied)", "unknown if denied /srv/www/x file:open -file /srv/www/x"},
		{"what is written and not there is made in the directory that is", with(nil),
			"squid: cannot write to /srv/www/n: Permission denied", "denied /srv/www dir:write mode /srv/www w"},
		{"a log too", with(map[string]string{"srv/logs/": "0755 var_log_t"}), nginx("open", "/srv/logs/n.log"),
			"allowed mode /srv/logs w"},
		{"the directory is not there: what file_contexts has", with(nil),
			"squid: cannot write to /var/www/n/n: Permission denied",
			"unknown if denied /var/www/n/n file:open -file " +
				"/var/www/n/n"},
		{"a directory with another label than file_contexts has", with(map[string]string{"var/": "0755 var_t",
			"var/www/": "0755 user_home_t", "var/www/d/": "0755 user_home_t", "var/www/d/x": "0644 user_home_t"}),
			nginx("open", "/var/www/d/x"), "denied /var/www dir:search wrong /var/www"},
		{"a link leads to other directories", with(map[string]string{"opt/": "0700 user_home_t",
			"opt/w/": "0755 httpd_sys_content_t", "opt/w/x": "0644 httpd_sys_content_t", "srv/www/l": "-> /opt/w"}),
			nginx("open", "/srv/www/l/x"), "denied /opt dir:search mode /opt x"},
		{"a path too deep", nil, "squid: cannot read /d" + strings.Repeat("/d", 40) + ": Permission denied",
			"unknown -file /d" + strings.Repeat("/d", 40)},
		{"a name alone is in no directory", nil, `FATAL:  could not open file "base/1": Permission denied`,
			"unknown -place base/1"},
		{"no file", nil, "PHP Warning:  mkdir(): Permission denied in /var/www/x.php on line 3", "unknown -file"},
		{"no program", nil, "PermissionError: [Errno 13] Permission denied: '/srv/x'", "unknown -program"},
		{"a program that the policy does not know", nil, "nosuchd: cannot open /srv/x: Permission denied",
			"unknown -domain nosuchd"},
		{"a program of people runs as they do", nil, "cat: /srv/x: Permission denied", "unknown -caller cat"},
		{"a program in a container has another domain",
			nil, "web-1  | nginx: [emerg] open() \"/srv/x\" failed (13: Permission denied)",
			"unknown -container web-1"},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got := fileText(complain(t, tt.files, tt.line))
			if got != tt.want {
				t.Errorf("%s\n\tgot  %s\n\twant %s", tt.line, got, tt.want)
			}
		})
	}
}

// TestFileNeeds: each operation asks what the kernel's hooks ask (inode_permission, selinux_inode_create, may_link and
// their like), on the file, and on its directory where it makes or removes a name there.
func TestFileNeeds(t *testing.T) {
	files := map[string]string{"/": "0777 root_t", "srv/": "0777 var_t", "srv/x": "0666 var_t", "srv/d/": "0777 var_t",
		"srv/a.log": "0666 var_t"}
	const dir = "/srv dir:write /srv dir:add_name "
	for _, tt := range []struct{ line, want string }{
		{"squid: cannot read /srv/x: Permission denied", "/srv/x file:open /srv/x file:read"},
		{"squid: cannot write to /srv/x: Permission denied", "/srv/x file:open /srv/x file:write"},
		{"squid: cannot write to /srv/a.log: Permission denied", "/srv/a.log file:open /srv/a.log file:append"},
		{"squid: cannot create /srv/x: Permission denied", "/srv/x file:open /srv/x file:write"},
		{"squid: cannot create /srv/n: Permission denied", dir +
			"/srv/n file:create /srv/n file:open /srv/n file:write"},
		{"squid: cannot create directory /srv/n: Permission denied", dir + "/srv/n dir:create"},
		{"squid: cannot create symlink '/srv/n': Permission denied", dir[:len(dir)-1]},
		{"squid: cannot remove /srv/x: Permission denied",
			"/srv dir:write /srv dir:remove_name /srv/x file:unlink"},
		{"squid: cannot remove /srv/d: Permission denied", "/srv dir:write /srv dir:remove_name /srv/d dir:rmdir"},
		{"squid: cannot rename /srv/x to /srv/y: Permission denied",
			"/srv dir:write /srv dir:remove_name /srv/x file:rename"},
		{"squid: cannot chdir to /srv/d: Permission denied", "/srv/d dir:search"},
		{"squid: cannot opendir /srv/d: Permission denied", "/srv/d dir:open /srv/d dir:read"},
		{"squid: cannot stat /srv/x: Permission denied", "/srv/x file:getattr"},
		{"squid: cannot chmod /srv/x: Permission denied", "/srv/x file:setattr"},
		{"squid: cannot load library /srv/x: Permission denied",
			"/srv/x file:open /srv/x file:read /srv/x file:map /srv/x file:execute"},
	} {
		var asked []string
		for _, c := range complain(t, files, tt.line).Checks {
			if c.Check.Name != "search" || c.Path == "/srv/d" {
				asked = append(asked, fmt.Sprintf("%s %s:%s", c.Path, c.Class, c.Check.Name))
			}
		}
		if got := strings.Join(asked, " "); got != tt.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", tt.line, got, tt.want)
		}
	}
}
