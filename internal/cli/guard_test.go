package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv/documents"
)

// The report of senet guard is a document as that of senet why.
func TestGuardReport(t *testing.T) {
	dir := t.TempDir()
	log, report := filepath.Join(dir, "audit.log"), filepath.Join(dir, "report.json")
	const denial = `type=AVC msg=audit(1795168800.000:8): avc:  denied  { name_connect } for  pid=812 comm="haproxy" ` +
		`dest=5601 scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 ` +
		`tclass=tcp_socket permissive=0`
	var out, errs bytes.Buffer
	code := Main([]string{"senet", "guard", "--policy", "example", "--log", log, "--json", "--report", report, "--",
		"sh", "-c", `printf '%s\n' "$1" > "$2"; cat`, "-", denial, log}, strings.NewReader("typed"), &out, &errs)
	if code != exitNo || out.String() != "typed" || errs.Len() > 0 {
		t.Fatalf("exit status %d, output %q, errors %q", code, &out, &errs)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	if err := documents.Check(text); err != nil || !bytes.Contains(text, []byte("haproxy_t")) {
		t.Errorf("%v: %s", err, text)
	}
}
