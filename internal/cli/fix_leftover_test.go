package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestFixOfLeftover: for a daemon in the domain of systemd the label of its program comes before all changes of ports.
func TestFixOfLeftover(t *testing.T) {
	var stdout, stderr bytes.Buffer
	cli.Main([]string{"senet", "fix", "init_t", "connect", "dccp/22", "--policy", testenv.Policy(t, "default")},
		strings.NewReader(""), &stdout, &stderr)
	text := stdout.String()
	label, fixes := strings.Index(text, "\nfirst label the program"), strings.Index(text, "\nfix ")
	if label < 0 || fixes < label {
		t.Errorf("the label is at %d, the fixes at %d:\n%s%s", label, fixes, text, &stderr)
	}
}
