package semanagecli

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestExportOfOthers: an export also has the records that this program does not change, as semanage
// prints them, and can be imported into the store it came from.
func TestExportOfOthers(t *testing.T) {
	t.Parallel()
	theirs := stores.Copy(t, "default")
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
	// The policy that libsepol writes right after building has another order than
	// the same one read and written again, as here; so a change comes last.
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
	// Ports are added again, which semanage 3.4 refuses in the same transaction.
	text := strings.ReplaceAll(got.out, "port -a", "port -m")
	text = strings.ReplaceAll(text, "\nport -D\n", "\n")
	before := locals(t, theirs, "default")
	if a := ours(theirs, text, "import", "-N"); a != (answer{}) {
		t.Errorf("import of the export: %+v", a)
	}
	for path, data := range locals(t, theirs, "default") {
		if before[path] != data {
			t.Errorf("%s has changed", path)
		}
	}
}

// TestHandOver: a command left to the system's semanage gets there whole, with standard input, and
// nothing is done or printed before.
func TestHandOver(t *testing.T) {
	root := stores.Copy(t, "default")
	for _, c := range []struct {
		args  string
		stdin string
		over  bool
	}{
		{"login -l", "", true},
		{"dontaudit off", "", true},
		{"user --help", "", true},
		{"import -N", "port -l\nport -a -t http_port_t -p tcp 5601\nlogin -a -s user_u nobody\n", true},
		{"import -N", "port -a -t http_port_t -p tcp 5601\nlogin -D\nuser -D\nfcontext -D\npermissive -D\n", false},
		{"import -N", "permissive -a httpd_t\n", true},
		{"import -N", "dontaudit on\n", true},
		{"port -l -C", "", false},
	} {
		var out, errs strings.Builder
		var args []string
		var stdin []byte
		tool := Tool{Stdin: strings.NewReader(c.stdin), Stdout: &out, Stderr: &errs, Root: root}
		tool.HandOver = func(a []string, in io.Reader) (int, bool) {
			args = a
			stdin, _ = io.ReadAll(in)
			return 17, true
		}
		code := tool.Run(strings.Fields(c.args)...)
		if c.over != (code == 17) || c.over && (!slices.Equal(args, strings.Fields(c.args)) ||
			string(stdin) != c.stdin || out.Len()+errs.Len() > 0) {
			t.Errorf("semanage %s <<< %q: exit %d, handed over %q %q, printed %q %q", c.args, c.stdin, code, args,
				stdin, &out, &errs)
		}
		// Without another semanage it is an error that says so.
		tool.HandOver = nil
		tool.Stdin = strings.NewReader(c.stdin)
		errs.Reset()
		if code := tool.Run(strings.Fields(c.args)...); c.over &&
			(code != 1 || !strings.Contains(errs.String(), "is left to the system's own semanage")) {
			t.Errorf("semanage %s <<< %q without another: exit %d %s", c.args, c.stdin, code, &errs)
		}
	}
	// A store that has to be built first is semanage's too.
	if err := os.Remove(root + "/var/lib/selinux/default/active/policy.linked"); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"port -a -N -t http_port_t -p tcp 5602", "boolean -m -N --on ftp_home_dir",
		"port -m -N -p tcp 80 -t ssh_port_t", "node -D", "port -d -N -p tcp 80", "port -m -N -p tcp 80 -r s0:c1",
		"import -N", "interface -a -N -t netif_t lo"} {
		handed := false
		tool := Tool{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Root: root}
		tool.HandOver = func([]string, io.Reader) (int, bool) { handed = true; return 0, true }
		if code := tool.Run(strings.Fields(line)...); code != 0 || !handed {
			t.Errorf("%s on a store to be built: exit %d, handed over: %v", line, code, handed)
		}
	}
	if a := ours(root, "", "port", "-a", "-N", "-t", "http_port_t", "-p", "tcp", "5602"); a.code != 1 ||
		!strings.Contains(a.err, "policy.linked") {
		t.Errorf("without another semanage: %+v", a)
	}
}

// TestOtherSemanage: the one on PATH that is not this program is run, once. Root runs
// that of the system, whatever stands on PATH.
func TestOtherSemanage(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	own, other := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, own+"/semanage"); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho \"$*\"; cat; echo message >&2; exit 5\n"
	if err := os.WriteFile(other+"/semanage", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", own+":"+other+":/bin:/usr/bin")
	run := func() answer {
		var out, errs strings.Builder
		code := Main([]string{"login", "-l"}, strings.NewReader("input\n"), &out, &errs)
		return answer{code, out.String(), errs.String()}
	}
	switch got := run(); {
	case os.Geteuid() != 0:
		if got != (answer{5, "login -l\ninput\n", "message\n"}) {
			t.Errorf("%+v", got)
		}
	case strings.Contains(got.out, "input") || got.code == 5:
		t.Errorf("root ran what stands first on PATH: %+v", got)
	default:
		if _, err := os.Stat("/usr/sbin/semanage"); err == nil && !strings.Contains(got.out, "Login Name") {
			t.Errorf("root did not run the system's: %+v", got)
		}
	}
	t.Setenv(handedOver, "1")
	if got := run(); got.code != 1 || got.out != "" ||
		!strings.Contains(got.err, "is left to the system's own semanage") {
		t.Errorf("handed on: %+v", got)
	}
}

// TestLegacyExport writes an export to a file in the spelling of old and reads it
// back.
func TestLegacyExport(t *testing.T) {
	root := stores.Copy(t, "default")
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
