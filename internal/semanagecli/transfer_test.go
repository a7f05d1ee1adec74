package semanagecli

import (
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestExportOfOthers: an export has also the records that senet does not change, as semanage prints them. It can be
// imported into the store that it came from.
func TestExportOfOthers(t *testing.T) {
	t.Parallel()
	theirs := stores.Usual(t, "default")
	p := startPeer(t, theirs, "default")
	lines := []string{
		"login -a -N -s user_u nobody",
		"login -a -N -s staff_u -r s0-s0:c0.c5 %daemon",
		`fcontext -a -N -t httpd_sys_content_t "/srv/web(/.*)?"`,
		"fcontext -a -N -t <<none>> /srv/none",
		"fcontext -a -N -t httpd_sys_content_t -f d -r s0:c3 /srv/c",
		"fcontext -a -N -t httpd_sys_content_t -f a -s user_u /srv/c",
		"fcontext -a -N -t httpd_sys_content_t -f l /srv/c",
		`user -a -N -R "user_r staff_r" -r s0-s0:c0.c9 web_u`,
		"user -m -N -R staff_r user_u",
	}
	if testenv.Long() {
		// Each of these builds all modules.
		lines = append(lines, "permissive -a -N httpd_t", "permissive -a -N sshd_t", "module -N -d telnet",
			"module -N -d permissive_sshd_t")
	}
	// Right after a build libsepol writes the policy in another order than after it has read it again, as senet
	// does. So a change comes last.
	for _, line := range append(lines, "port -a -N -t http_port_t -p tcp 5601") {
		args, _ := cutInput(line)
		if a := p.run("", args...); a.code != 0 {
			t.Fatalf("%s: %+v", line, a)
		}
	}
	want, got := p.run("", "export"), ours(theirs, "", "export")
	if d := difference(got, want); d != "" {
		t.Fatal(d)
	}
	// As in semanage 3.4, an import cannot add again a record that was there before it.
	before := locals(t, theirs, "default")
	want, got = p.run(text(got.out), "import", "-N"), ours(theirs, text(got.out), "import", "-N")
	if d := difference(got, want); d != "" || got.code == 0 {
		t.Errorf("import of the export: %s", d)
	}
	for path, data := range locals(t, theirs, "default") {
		if before[path] != data {
			t.Errorf("%s has changed", path)
		}
	}
}

// text is an export without the lines that delete modules, which would build all modules.
func text(export string) string {
	return strings.NewReplacer("module -D\n", "", "permissive -D\n", "").Replace(export)
}

// TestIncomplete: a store that has to be built first is built with the change.
func TestIncomplete(t *testing.T) {
	for _, gone := range []string{"policy.linked", "seusers.linked"} {
		root := stores.Few(t)
		if err := os.Remove(root + "/var/lib/selinux/default/active/" + gone); err != nil {
			t.Fatal(err)
		}
		if a := ours(root, "", "port", "-a", "-N", "-t", "ssh_port_t", "-p", "tcp", "5602"); a != (answer{}) {
			t.Fatalf("%s: %+v", gone, a)
		}
		if _, err := os.Stat(root + "/var/lib/selinux/default/active/" + gone); err != nil {
			t.Error(err)
		}
		if a := ours(root, "", "port", "-E"); a.out != "port -a -t ssh_port_t -r 's0' -p tcp 5602\n" {
			t.Errorf("%s: %+v", gone, a)
		}
	}
}

// TestLegacyExport writes an export to a file in the old spelling and reads it back.
func TestLegacyExport(t *testing.T) {
	root := stores.Usual(t, "default")
	file := t.TempDir() + "/export"
	if a := ours(root, "", "boolean", "-m", "-N", "--on", "ftp_home_dir"); a != (answer{}) {
		t.Fatal(a)
	}
	if a := ours(root, "", "-o", file); a != (answer{}) {
		t.Fatal(a)
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != ours(root, "", "export").out ||
		!strings.Contains(string(text), "\nboolean -m -1 ftp_home_dir\n") {
		t.Fatalf("%v\n%s", err, text)
	}
	if a := ours(root, "", "-i", file); a != (answer{}) {
		t.Fatal(a)
	}
}
