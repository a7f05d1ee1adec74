package semanagecli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestAuditText: a record has the bytes that libaudit sends for semanage, padding included.
func TestAuditText(t *testing.T) {
	testenv.Need(t, "strace")
	if err := exec.Command(stores.Python, "-c", "import audit").Run(); err != nil {
		testenv.Missing(t, "the Python module audit: "+err.Error())
	}
	const message = "resrc=port op=add lport=5601 proto=6 tcontext=system_u:object_r:http_port_t:s0"
	script := filepath.Join(t.TempDir(), "send.py")
	text := "import audit\ntry:\n  audit.audit_log_user_comm_message(audit.audit_open(), " +
		"audit.AUDIT_USER_MAC_CONFIG_CHANGE, '" + message + "', 'semanage', '', '', '', 1)\nexcept OSError: pass\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("strace", "-xx", "-s", "1000", "-e", "trace=sendto", stores.Python,
		script).CombinedOutput()
	if err != nil && strings.Contains(string(out), "ptrace") {
		testenv.Missing(t, "strace may not trace: "+string(out))
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	exe, err := filepath.EvalSymlinks(stores.Python)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	body := strings.ReplaceAll(auditText(macConfigChange, message, true), self, exe)
	sent := auditMessage(macConfigChange, body)
	var want strings.Builder
	for _, b := range sent[16:] {
		want.WriteString(`\x` + string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15]))
	}
	if !strings.Contains(string(out), `"`+want.String()+`"`) || !strings.Contains(string(out), "nlmsg_type=0x908") {
		t.Errorf("%s\nlibaudit:\n%s", body, out)
	}
}
