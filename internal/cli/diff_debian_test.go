package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// TestDiffOnePort gives tcp/5601 the label http_port_t in Debian's policy, and asks the command
// who gains and loses by it, and the gates.
func TestDiffOnePort(t *testing.T) {
	before := testenv.Policy(t, "default")
	data, err := os.ReadFile(before)
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	port := policydb.PortCon{Protocol: 6, Low: 5601, High: 5601}
	for _, record := range db.OContexts.Ports {
		if record.Protocol == 6 && record.Low <= 80 && 80 <= record.High {
			port.Context = record.Context
			break
		}
	}
	if err := db.AddPort(port); err != nil {
		t.Fatal(err)
	}
	after := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(after, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	diff := func(status int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"senet", "diff", before, after}, args...)
		if code := cli.Main(args, strings.NewReader(""), &out, &errs); code != status {
			t.Fatalf("%v: status %d, want %d: %s", args, code, status, &errs)
		}
		return out.String()
	}
	text := diff(1)
	for _, want := range []string{
		"  29 domains gain connect tcp/5601\n", "  9 domains lose connect tcp/5601\n",
		"  8 domains gain bind tcp/5601\n", "  4 domains lose bind tcp/5601\n",
		"  tcp/5601 is http_port_t, was unreserved_port_t\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := len(regexp.MustCompile(`domains? (gain|lose)s? `).FindAllString(text, -1)); n != 4 {
		t.Errorf("%d changes in\n%s", n, text)
	}
	lines := diff(1, "--lines")
	for pattern, want := range map[string]int{
		`gains connect tcp/5601`: 29, `loses connect tcp/5601`: 9, `gains bind tcp/5601`: 8, `loses bind tcp/5601`: 4,
	} {
		if n := len(regexp.MustCompile(`(?m)^\w+ `+pattern+`$`).FindAllString(lines, -1)); n != want {
			t.Errorf("%s: %d lines, want %d in\n%s", pattern, n, want, lines)
		}
	}
	if n := strings.Count(lines, "\n"); n != 50 {
		t.Errorf("%d lines, want 50:\n%s", n, lines)
	}
	accepted := filepath.Join(t.TempDir(), "accepted")
	for _, c := range []struct {
		accept string // what is left out of the lines
		gate   string
		status int
	}{
		{"", "--fail-on-new-access", 0},
		{"", "--fail-on-lost-access", 0},
		{" gains connect", "--fail-on-new-access", 1},
		{" gains connect", "--fail-on-new-access=bind", 0},
		{" gains bind", "--fail-on-new-access=bind,tcp", 1},
		{" gains bind", "--fail-on-new-access=bind,udp", 0},
		{" gains bind", "--fail-on-lost-access", 0},
		{" loses", "--fail-on-new-access", 0},
		{" loses", "--fail-on-lost-access=connect", 1},
	} {
		var kept []string
		for line := range strings.Lines(lines) {
			if c.accept == "" || !strings.Contains(line, c.accept) {
				kept = append(kept, line)
			}
		}
		if err := os.WriteFile(accepted, []byte(strings.Join(kept, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		diff(c.status, "--quiet", c.gate, "--accept", accepted)
	}
}
