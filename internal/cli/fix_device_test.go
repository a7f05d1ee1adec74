package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/documents"
)

// TestFixDevice: a device file with the label of those without one of their own gets its label by file_contexts, if it
// is the one in /dev, and no rule: one would open all such device files.
func TestFixDevice(t *testing.T) {
	const record = `type=AVC msg=audit(1722100000.020:321): avc:  denied  { read } for  pid=8598 comm="smartd" ` +
		`name="nvme0" dev="devtmpfs" ino=13028 scontext=system_u:system_r:fsdaemon_t:s0 ` +
		`tcontext=system_u:object_r:device_t:s0 tclass=chr_file permissive=0`
	args := []string{"senet", "fix", "-", "--policy", testenv.Policy(t, "default")}
	var stdout, stderr bytes.Buffer
	cli.Main(append(args, "--all"), strings.NewReader(record), &stdout, &stderr)
	answer := strings.Join(strings.Fields(stdout.String()), " ")
	for _, want := range []string{"fix 1 restore label fixed_disk_device_t", "if it is /dev/nvme0",
		"do: restorecon -v /dev/nvme0", "2 rule never"} {
		if !strings.Contains(answer, want) {
			t.Errorf("not said: %s\n%s%s", want, &stdout, &stderr)
		}
	}
	stdout.Reset()
	cli.Main(append(args, "--json"), strings.NewReader(record), &stdout, &stderr)
	if err := documents.Check(stdout.Bytes()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(stdout.String(), `"if": "/dev/nvme0"`) {
		t.Errorf("the document says not which path is assumed:\n%s", &stdout)
	}
}
