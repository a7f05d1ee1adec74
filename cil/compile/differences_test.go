package compile_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

// differences are those of docs/secilc-differences.md: CIL that stands after
// cilgen.Base, what secilc does with it and what senet does. A text begins
// a message of senet's.
var differences = []struct {
	text    string
	setting setting
	peer    int // exit code; below 0 a signal
	own     string
}{
	// What is in an abstract block is not in the policy.
	{"(block x (blockabstract x) (type t)) (roletype r x.t)", setting{}, 0, "is in an abstract block"},
	{"(block x (blockabstract x) (role t)) (userrole u x.t)", setting{}, 0, "is in an abstract block"},
	{"(block x (blockabstract x) (typeattribute t)) (allow x.t a (file (read)))", setting{}, -1,
		"is in an abstract block"},
	// Two labels of which one is none.
	{"(filecon /a any ()) (filecon /a any ())", multiple, -1, ""},
	{"(filecon /a any ctx) (filecon /a any ())", multiple, -1, ""},
	// Labels that Xen does not have.
	{"(portcon tcp 80 ctx) (nodecon ip0 ip0 ctx) (ipaddr ip0 10.0.0.1)", with(xen, version(30)), 0, ""},
}

func TestDifferences(t *testing.T) {
	testenv.Need(t, "secilc")
	file := filepath.Join(t.TempDir(), "case.cil")
	for _, d := range differences {
		if err := os.WriteFile(file, []byte(cilgen.Base+d.text), 0o600); err != nil {
			t.Fatal(err)
		}
		peer, own := debian12.compile(t, d.setting, file), ours(t, d.setting, file)
		if peer.code != d.peer {
			t.Errorf("%s: secilc exits %d, not %d: the difference is gone or another", d.text, peer.code, d.peer)
		}
		if own.ok != (d.own == "") || !strings.Contains(own.says, d.own) {
			t.Errorf("%s: senet: %v %s", d.text, own.ok, own.says)
		}
		if peer.ok && own.ok && differ(peer, own) == "" {
			t.Errorf("%s: no difference", d.text)
		}
	}
}

// TestManyTypes: as many types as a rule can name are compiled as secilc does. One
// more, and secilc gives its rules to another type, where senet refuses.
func TestManyTypes(t *testing.T) {
	testenv.Need(t, "secilc", "sesearch")
	const most = 65535
	const inBase = 6 // its types and attributes that rules name
	for _, n := range []int{most, most + 5} {
		text := bytes.NewBuffer([]byte(cilgen.Base))
		for i := range n - inBase {
			fmt.Fprintf(text, "(type many%d)", i+inBase+1) // by its value
		}
		fmt.Fprintf(text, "(allow many%d many%d (file (write)))", n, n-1)
		file := filepath.Join(t.TempDir(), "many.cil")
		if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		peer, own := debian12.compile(t, setting{}, file), ours(t, setting{}, file)
		if n <= most {
			if d := differ(peer, own); d != "" {
				t.Errorf("%d types: %s", n, d)
			}
			if pol, err := policydb.Decode(own.policy); err != nil || pol.Types.NPrim != most {
				t.Errorf("the policy has not %d types: %v", most, err)
			}
			continue
		}
		if !peer.ok {
			t.Fatalf("secilc refuses %d types: %s", n, peer.says)
		}
		if own.ok || !strings.Contains(own.says, "rules can name 65535") {
			t.Errorf("senet: %v %s", own.ok, own.says)
		}
		policy := filepath.Join(t.TempDir(), "policy")
		if err := os.WriteFile(policy, peer.policy, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("sesearch", "-A", "-p", "write", policy).Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), fmt.Sprint("many", n)) {
			t.Errorf("secilc writes the rule of type %d as it is meant: the difference is gone:\n%s", n, out)
		}
	}
}
