package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
)

// labelledSystem makes an image with Debian's file contexts and a file with a label and a mode.
func labelledSystem(t *testing.T, name, label string, mode os.FileMode) string {
	t.Helper()
	contexts, err := os.ReadFile("/etc/selinux/default/contexts/files/file_contexts")
	if err != nil {
		testenv.Missing(t, err.Error())
	}
	dir := testenv.Tree(t, map[string]string{
		"etc/selinux/config": "SELINUXTYPE=default\n",
		"etc/selinux/default/contexts/files/file_contexts": string(contexts),
		name: "",
	})
	for at, label := name, label; at != "."; at, label = filepath.Dir(at), "httpd_sys_content_t" {
		context := []byte("system_u:object_r:" + label + ":s0\x00")
		if err := syscall.Setxattr(filepath.Join(dir, at), "security.selinux", context, 0); err != nil {
			testenv.Missing(t, "labels cannot be written: "+err.Error())
		}
	}
	if err := syscall.Setxattr(dir, "security.selinux", []byte("system_u:object_r:root_t:s0\x00"), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestWhyFile: on the system of the log the label and the mode of the file are facts: refused, with the label as the
// fix; allowed, with what else to look at.
func TestWhyFile(t *testing.T) {
	const line = `nginx: [emerg] open() "/srv/www/x.html" failed (13: Permission denied)`
	for _, tt := range []struct {
		rule, label string
		mode        os.FileMode
		command     string
		exit        int
		say, not    []string
	}{
		{"a moved file", "user_home_t", 0o644, "why", 0,
			[]string{"NO SELinux does not let httpd_t open /srv/www/x.html to read",
				"why httpd_t may not open /srv/www/x.html (user_home_t)",
				"fix restore label httpd_sys_content_t: setfiles -F -r ",
				"next senet fix httpd_t file:open,read /srv/www/x.html"}, []string{"SN-A-FILE-LABEL",
				"by something else"}},
		{"a moved file, its fix", "user_home_t", 0o644, "fix", 0,
			[]string{"NO httpd_t may not open, read file /srv/www/x.html",
				"restore label httpd_sys_content_t"}, nil},
		{"its label allows it, its mode keeps others out", "httpd_sys_content_t", 0o640, "why", 0, []string{
			"YES SELinux allows httpd_t to open /srv/www/x.html to read: something else refused it",
			"mode the file /srv/www/x.html has mode 0640, owner", "other users may not read it",
			"next namei -l ", "/srv/www/x.html"}, []string{"fix ", "restorecon"}},
		{"its label and its mode allow it", "httpd_sys_content_t", 0o644, "why", 0, []string{"YES ", "getfacl",
			"ProtectHome="}, []string{"has mode"}},
		{"a log that is only allowed has nothing to fix", "httpd_sys_content_t", 0o644, "fix", 65, nil, nil},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			root := labelledSystem(t, "srv/www/x.html", tt.label, tt.mode)
			var stdout, stderr bytes.Buffer
			exit := cli.Main([]string{"senet", tt.command, "-", "--root", root, "--policy", testenv.Policy(t,
				"default")},
				strings.NewReader(line), &stdout, &stderr)
			answer := strings.Join(strings.Fields(stdout.String()), " ")
			if exit != tt.exit {
				t.Errorf("exit %d, want %d", exit, tt.exit)
			}
			for _, text := range tt.say {
				if !strings.Contains(answer, text) {
					t.Errorf("not said: %s", text)
				}
			}
			for _, text := range tt.not {
				if strings.Contains(answer, text) {
					t.Errorf("said: %s", text)
				}
			}
			if t.Failed() {
				t.Logf("%s%s", &stdout, &stderr)
			}
		})
	}
}
