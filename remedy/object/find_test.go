package object_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// files are file contexts of one path.
type files struct{ path, context string }

func (f files) Wanted(path, _ string) (context, from string) {
	if path == f.path {
		return f.context, "file_contexts:7"
	}
	return "", ""
}
func (files) FileSpec(pattern string) string { return pattern }
func (files) Named(dir, name, _ string) []string {
	if dir == "/etc" && name == "tally.key" {
		return []string{"/etc/tally/tally.key"}
	}
	return nil
}
func (files) Customizable(typ string) bool { return typ == "public_content_t" }
func (files) Trees() iter.Seq2[string, string] {
	return func(yield func(dir, typ string) bool) {
		_ = yield("/srv/web", "httpd_sys_content_t") && yield("/etc/httpd", "httpd_config_t")
	}
}
func (files) Uses(typ string) int {
	if typ == "httpd_sys_content_t" {
		return 9
	}
	return 1
}

func context(t *testing.T, p *policy.Policy, text string) policy.Context {
	t.Helper()
	c, err := p.ParseContext(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFind: a case for each rule, on Debian's policy.
func TestFind(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	const httpd, onDisk = "system_u:system_r:httpd_t:s0", "system_u:object_r:"
	const sshd = "system_u:system_r:sshd_t:s0"
	fc := files{"/var/www/x", onDisk + "httpd_sys_content_t:s0"}
	for _, tt := range []struct {
		what           string
		source, target string
		class, perm    string
		path           string
		files          object.Files
		lost           bool
		first          string // the name of the first fix, "" for none
		works          bool
		rule           remedy.Applicability // of the rule, "" for none
	}{
		{"moved from a home", httpd, onDisk + "tmp_t:s0", "file", "read", "/var/www/x", fc, false, "restore", true,
			"never"},
		{"a home elsewhere", sshd, onDisk + "default_t:s0", "file", "read", "/export/home/joe/.ssh/authorized_keys",
			files{"/home/joe/.ssh/authorized_keys", onDisk + "ssh_home_t:s0"}, true, "alike", true, "never"},
		{"a home below a directory of any name", sshd, onDisk + "default_t:s0", "file", "read",
			"/srv/people/joe/.ssh/authorized_keys",
			files{"/home/joe/.ssh/authorized_keys", onDisk + "ssh_home_t:s0"}, true, "alike", true, "never"},
		{"a file that is no home's", httpd, onDisk + "default_t:s0", "file", "read", "/srv/people/joe/notes",
			files{"/home/joe/notes", onDisk + "user_home_t:s0"}, true, "label:httpd_sys_content_t", true, "never"},
		{"a program that the domain does not start by", httpd, onDisk + "usr_t:s0", "file", "entrypoint",
			"/opt/a/bin/a",
			files{"/opt/a/bin/a", onDisk + "bin_t:s0"}, false, "label:httpd_exec_t", true, "never"},
		{"a terminal", sshd, onDisk + "devpts_t:s0", "chr_file", "ioctl", "/dev/pts/1",
			files{"/dev/pts/1", onDisk + "user_devpts_t:s0"}, false, "rule", true, "review"},
		{"without a label", httpd, onDisk + "unlabeled_t:s0", "file", "read", "/var/www/x", fc, true, "restore",
			true, "never"},
		{"a place that nobody knows", httpd, onDisk + "default_t:s0", "file", "read", "/srv2/x", fc, true,
			"label:httpd_sys_content_t", true, "never"},
		{"no system known", httpd, onDisk + "default_t:s0", "file", "read", "", nil, true,
			"restore", false,
			"never"},
		{"a file of a user", httpd, onDisk + "user_home_t:s0", "file", "read", "", nil, false,
			"bool:httpd_read_user_content",
			true, "never"},
		{"a site in a home", httpd, onDisk + "user_home_t:s0", "file", "append", "/home/bob/site/x",
			files{"/home/bob/site/x", onDisk + "user_home_t:s0"}, false, "rule", true, "never"},
		{"a socket in /run", httpd, onDisk + "var_run_t:s0", "sock_file", "write", "", nil, false,
			"label:httpd_runtime_t", true, "never"},
		{"a daemon left in the domain of its starter", httpd, "system_u:system_r:initrc_t:s0", "unix_stream_socket",
			"connectto", "", nil, false, "rule", true, "never"},
		{"a signal to such a daemon", httpd, "system_u:system_r:initrc_t:s0", "process", "signal", "", nil, false,
			"rule", true, "never"},
		{"the signal 0", httpd, "system_u:system_r:initrc_t:s0", "process", "signull", "", nil, false, "rule", true,
			"review"},
		{"a file in a place", "system_u:system_r:ntpd_t:s0", onDisk + "mnt_t:s0", "file", "execute", "", nil, false,
			"rule", true, "never"},
		{"the directory of a place", "system_u:system_r:ntpd_t:s0", onDisk + "mnt_t:s0", "dir", "read", "", nil, false,
			"rule", true, "review"},
		{"a file in the directory of a place", "system_u:system_r:ntpd_t:s0", onDisk + "mnt_t:s0", "dir", "add_name",
			"", nil, false, "rule", true, "never"},
		{"a program among programs", "system_u:system_r:ntpd_t:s0", onDisk + "usr_t:s0", "file", "write", "", nil,
			false, "rule", true, "never"},
		{"the program of another domain", "system_u:system_r:xserver_t:s0", onDisk + "ntpd_exec_t:s0", "file",
			"entrypoint", "", nil, false, "rule", true, "never"},
		{"to make a file in /tmp", "system_u:system_r:ntpd_t:s0", onDisk + "user_tmp_t:s0", "file", "create", "", nil,
			false, "rule", true, "never"},
		{"settings of all to write", "system_u:system_r:ntpd_t:s0", onDisk + "etc_t:s0", "file", "create", "", nil,
			false, "rule", true, "never"},
		{"the attributes of a disk", "system_u:system_r:ntpd_t:s0", onDisk + "fixed_disk_device_t:s0", "blk_file",
			"getattr", "", nil, false, "rule", true, "review"},
		{"a socket in a home", httpd, onDisk + "user_home_t:s0", "sock_file", "write", "", nil, false, "rule", true,
			"never"},
		{"a capability to pass by modes", "system_u:system_r:ntpd_t:s0", "system_u:system_r:ntpd_t:s0", "capability",
			"dac_read_search", "", nil, false, "mode", false, "never"},
		{"passwords", httpd, onDisk + "shadow_t:s0", "file", "read", "", nil, false, "rule",
			true, "never"},
		{"a socket's owner", httpd, "system_u:system_r:ntpd_t:s0", "unix_stream_socket", "connectto", "", nil,
			false, "rule",
			true, "review"},
		{"what it is", httpd, onDisk + "tmp_t:s0", "file", "read", "/tmp/x", files{"/tmp/x", onDisk + "tmp_t:s0"},
			false, "rule",
			true, "never"},
		{"what belongs to another", httpd, onDisk + "ntp_conf_t:s0", "file", "read", "", nil, false, "rule", true,
			"review"},
		{"lost, and meant for nobody", httpd, onDisk + "unlabeled_t:s0", "file", "read", "/etc/shadow",
			files{"/etc/shadow", onDisk + "shadow_t:s0"}, true, "restore", false, "never"},
		{"keys", httpd, onDisk + "sshd_key_t:s0", "file", "read", "", nil, false, "rule", true, "never"},
		{"programs", httpd, onDisk + "ntpd_exec_t:s0", "file", "write", "", nil, false, "rule", true, "never"},
		{"allowed", httpd, onDisk + "httpd_sys_content_t:s0", "file", "read", "", nil, false, "", false, ""},
	} {
		problem := object.Problem{Source: context(t, p, tt.source), Target: context(t, p, tt.target), Class: tt.class,
			Perms: []string{tt.perm}, Path: tt.path, Files: tt.files, Lost: tt.lost}
		r := object.Find(access.NewDecider(p), problem)
		first, works := "", false
		if len(r.Fixes) > 0 {
			first, works = r.Fixes[0].Name(p), r.Fixes[0].Works
		}
		if first != tt.first || works != tt.works || r.Allowed != (tt.first == "") {
			t.Errorf("%s: first %q, works %v, allowed %v", tt.what, first, works, r.Allowed)
		}
		i := slices.IndexFunc(r.Fixes, func(f object.Fix) bool { return f.Kind == object.Rule })
		if tt.rule != "" && (i < 0 || r.Fixes[i].Applicability != tt.rule) {
			t.Errorf("%s: the rule: %+v", tt.what, r.Fixes)
		}
	}
}

// TestDanger: a rule on the short list of dangers is never offered, and says why.
func TestDanger(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	r := object.Find(access.NewDecider(p), object.Problem{
		Source: context(t, p, "system_u:system_r:httpd_t:s0"), Target: context(t, p, "system_u:object_r:shadow_t:s0"),
		Class: "file", Perms: []string{"read"},
	})
	last := r.Fixes[len(r.Fixes)-1]
	if last.Kind != object.Rule || last.Applicability != remedy.Never || last.Danger != "passwords" {
		t.Errorf("%+v", last)
	}
	// What follows a read is counted in.
	if !slices.Equal(r.Missing, []string{"read", "open", "getattr"}) && !slices.Equal(r.Missing, []string{"read",
		"open"}) {
		t.Errorf("missing %v", r.Missing)
	}
}

// TestMessages: an answer over the bus is a message too.
func TestMessages(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	r := object.Find(access.NewDecider(p), object.Problem{
		Source: context(t, p, "system_u:system_r:ntpd_t:s0"), Target: context(t, p,
			"system_u:system_r:NetworkManager_t:s0"),
		Class: "dbus", Perms: []string{"send_msg"},
	})
	if len(r.Fixes) != 1 || len(r.Fixes[0].Rules) != 2 || !r.Fixes[0].Works {
		t.Errorf("%+v", r.Fixes)
	}
}
