package homes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// testPolicy has levels, one user and no type gone_t.
type testPolicy struct{}

func (testPolicy) MLS() bool { return true }

func (testPolicy) Valid(context string) bool { return strings.HasSuffix(context, ":object_r:etc_t:s0") }

func (testPolicy) Level(user string) string { return map[string]string{"system_u": "s0"}[user] }

func (testPolicy) HasRole(string, string) bool { return false }

// homesOf makes the home contexts of a system with the files given.
func homesOf(t *testing.T, template string, logins []Login, files map[string]string) (string, *homes, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, "etc", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := sysroot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := &homes{Input: Input{
		Policy:   testPolicy{},
		Logins:   logins,
		Contexts: []byte("/opt(/.*)?\tsystem_u:object_r:etc_t:s0\n"),
		Template: []byte(template), UsePasswd: true, IgnoreDirs: []string{"/srv/ignored/x"},
	}, system: system{root: root}}
	text, err := h.text()
	return string(text), h, err
}

// TestHomeRoots: people's homes say where homes are: by their number, their shell, the
// depth, what is ignored and what the policy labels already (get_home_dirs).
func TestHomeRoots(t *testing.T) {
	files := map[string]string{
		"shells":     "/bin/bash\n/sbin/nologin\n",
		"login.defs": "# UID_MIN 1\nUID_MIN\t\t 1000\nUID_MAX 2000\n",
		"passwd": "root:x:0:0::/root:/bin/bash\n" +
			"ann:x:1000:1000::/srv/homes/ann//:/bin/bash\n" + // counts
			"low:x:999:1::/srv/low/u:/bin/bash\n" +
			"high:x:2001:1::/srv/high/u:/bin/bash\n" +
			"shell:x:1001:1::/srv/shell/u:/bin/zsh\n" +
			"nologin:x:1001:1::/srv/nologin/u:/sbin/nologin\n" +
			"flat:x:1002:1::/flat:/bin/bash\n" +
			"ignored:x:1003:1::/srv/ignored/x:/bin/bash\n" +
			"opt:x:1004:1::/opt/u:/bin/bash\n" + // the policy labels /opt
			"broken\n",
	}
	_, h, err := homesOf(t, "HOME_ROOT -d system_u:object_r:etc_t:s0\n", nil, files)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(h.roots(), " "); got != "/home /srv/homes" {
		t.Errorf("%s", got)
	}
	if len(h.said) == 0 || !strings.Contains(h.said[0], "/opt/u of opt") {
		t.Errorf("%q", h.said)
	}
	files["default/useradd"] = "HOME=/people\n"
	if _, h, _ = homesOf(t, "HOME_ROOT -d x\n", nil, files); strings.Join(h.roots(), " ") != "/people /srv/homes" {
		t.Errorf("%q", h.roots())
	}
}

// TestHomeUsers: each mapped login has its home, groups after users, in reverse order;
// a user of two mapped groups has to be mapped alone.
func TestHomeUsers(t *testing.T) {
	files := map[string]string{
		"passwd": "ann:x:1000:5::/home/ann:/bin/bash\nbob:x:1001:7::/home/bob:/bin/bash\ncat:x:1002:7::/:/bin/bash\n",
		"group":  "five:x:5:\nseven:x:7:ann\n",
	}
	login := func(name string) Login { return Login{Name: name, User: "system_u"} }
	const template = "/run/%{USERNAME}/%{USERID} -d system_u:object_r:etc_t:s0\n/no/USER -- " +
		"system_u:object_r:gone_t:s0\n"
	text, h, err := homesOf(t, template, []Login{login("%seven"), login("ann"), login("nobody")}, files)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "/") {
			order = append(order, strings.Fields(line)[0])
		}
	}
	// Everybody first, then the list from its end; cat's home is /, and the label of
	// the second line is none of the policy.
	if got := strings.Join(order, " "); got != "/run/[^/]+/[0-9]+ /run/bob/1001 /run/ann/1000" {
		t.Errorf("%s", got)
	}
	if len(h.said) != 1 || h.said[0] != "user nobody not in password file" {
		t.Errorf("%q", h.said)
	}
	_, _, err = homesOf(t, template, []Login{login("%seven"), login("%five")}, files)
	if err == nil || !strings.Contains(err.Error(), "ann") {
		t.Errorf("two groups: %v", err)
	}
	if _, _, err := homesOf(t, template, []Login{login("%nosuch")}, files); err == nil {
		t.Error("a group that there is not is taken")
	}
}

// TestHomeLabels: the user, level and role of a label become those of the SELinux user
// (write_contexts), a role only where the prefix is one.
func TestHomeLabels(t *testing.T) {
	text, _, err := homesOf(t, "HOME_DIR/x ROLE -d unconfined_u:object_r:etc_t:s0\nHOME_DIR/y <<none>>\n", nil,
		map[string]string{"passwd": ""})
	if err != nil {
		t.Fatal(err)
	}
	// Without a mapping for everybody it is user_u, which the policy need not have.
	if !strings.Contains(text, "/home/[^/]+/y <<none>>\n") ||
		!strings.Contains(text, "# Home Context for user user_u\n") {
		t.Errorf("%s", text)
	}
	if text, _, err := homesOf(t, "", nil, nil); text != "" || err != nil {
		t.Errorf("without a template: %q, %v", text, err)
	}
}
