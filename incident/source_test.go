package incident

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
)

const deniedLine = `avc:  denied  { name_connect } for  pid=812 comm="haproxy" dest=5601 ` +
	`scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket ` +
	`permissive=0`

// The journal is asked for the audit messages of this boot, as JSON.
func TestJournal(t *testing.T) {
	testenv.Need(t, "sh")
	dir := t.TempDir()
	script := "#!/bin/sh\n[ \"$*\" = '-q -b -o json --no-pager _TRANSPORT=audit + _TRANSPORT=kernel' ] || exit " +
		"1\n[ -f " + dir + "/silent ] && exit 0\n" +
		`printf '%s\n' ` +
		`'{"_TRANSPORT":"audit","_AUDIT_TYPE_NAME":"AVC","_AUDIT_ID":"7",` +
		`"__REALTIME_TIMESTAMP":"1795161600000000","MESSAGE":"AVC ` + strings.ReplaceAll(deniedLine, `"`, `\"`) +
		`"}'` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "journalctl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	here := programs{path: dir}
	journal := func() (*Source, error) {
		return here.command("the journal", "journalctl", "-q", "-b", "-o", "json", "--no-pager", "_TRANSPORT=audit",
			"+", "_TRANSPORT=kernel")
	}
	in, err := journal()
	if err != nil {
		t.Fatal(err)
	}
	log, err := Read(in.Reader, audit.Options{})
	in.Close()
	if err != nil || log.Groups() != 1 {
		t.Fatalf("%v, %+v", err, log)
	}
	// A journal without audit messages is none.
	if err := os.WriteFile(filepath.Join(dir, "silent"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if in, err := journal(); err == nil || in != nil {
		t.Error("a journal with nothing in it was taken")
	}
	// What a program complains of is said.
	if err := os.WriteFile(filepath.Join(dir, "dmesg"), []byte(
		"#!/bin/sh\necho 'dmesg: read kernel buffer failed: Operation not permitted' >&2\nexit 1\n"),
		0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := here.command("dmesg", "dmesg"); err == nil ||
		err.Error() != "read kernel buffer failed: Operation not permitted" {
		t.Errorf("%v", err)
	}
	if _, err := here.command("x", "no-such-program"); err == nil || err.Error() != "not installed" {
		t.Errorf("%v", err)
	}
}

// TestSystemPrograms: root runs only programs of the system's own directories, without root's
// environment; everybody else what PATH has.
func TestSystemPrograms(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "journalctl"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	p := systemPrograms()
	path, _ := p.find("journalctl")
	if root := os.Geteuid() == 0; root == (filepath.Dir(path) == dir) || root != (p.env != nil) {
		t.Errorf("journalctl is %s, the environment %q", path, p.env)
	}
}

// What was logged before the last boot is left out, and counted.
func TestSince(t *testing.T) {
	text := "type=AVC msg=audit(1795161000.000:1): " + deniedLine + "\ntype=AVC msg=audit(1795162000.000:2): " +
		deniedLine + "\n"
	log, err := Read(strings.NewReader(text), audit.Options{Since: time.Unix(1_795_161_500, 0)})
	if err != nil || log.Stats.Early != 1 || log.folder.Len() != 1 || log.folder.Top("denied", 1)[0].Count != 1 {
		t.Errorf("%v, %+v", err, log)
	}
}

func TestBootTime(t *testing.T) {
	dir := t.TempDir()
	root, err := host.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := bootTime(root); !got.IsZero() {
		t.Errorf("without /proc/stat: %v", got)
	}
	if err := os.Mkdir(filepath.Join(dir, "proc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "proc/stat"), []byte("cpu 1 2\nbtime 1795161600\nprocesses 3\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	if got := bootTime(root); got.Unix() != 1795161600 {
		t.Errorf("%v", got)
	}
}
