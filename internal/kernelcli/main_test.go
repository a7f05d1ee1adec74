package kernelcli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/kernelcli"
	"github.com/senet-selinux/senet/test/stores"
)

// host returns a root with the example policy's store, and what is printed there. No
// kernel has SELinux behind it.
func host(t *testing.T) (h *kernelcli.Host, out, errs *bytes.Buffer) {
	t.Helper()
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	return &kernelcli.Host{Root: root, Kernel: "/nosuch", Stdout: out, Stderr: errs}, out, errs
}

// TestSetSEBool: exit codes and messages are those of setsebool 3.4, and -P leaves the
// record that it does.
func TestSetSEBool(t *testing.T) {
	for _, tt := range []struct {
		args  string
		code  int
		says  string
		local string
	}{
		{"", 1, "Error: boolean name required", ""},
		{"-P", 1, "Error: boolean name required", ""},
		{"-P haproxy_connect_any", 1, "Usage:  setsebool [ -NPV ]", ""},
		{"-z", 1, "invalid option -- 'z'", ""},
		{"-P nosuch on", 255, "boolean nosuch is not defined", ""},
		{"-P haproxy_connect_any maybe", 255, "illegal value maybe for boolean haproxy_connect_any", ""},
		{"-P haproxy_connect_any=on httpd_can_network_connect", 255, "'=' not found in boolean expression", ""},
		{"haproxy_connect_any on", 255, "SELinux is disabled", ""},
		{"-P haproxy_connect_any on", 0, "", "haproxy_connect_any=1"},
		{"-NP haproxy_connect_any=1 haproxy_connect_any=Off", 0, "", "haproxy_connect_any=0"},
		{"-P -V haproxy_connect_any true", 0, "", "haproxy_connect_any=1"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			h, _, errs := host(t)
			if code := h.SetSEBool(strings.Fields(tt.args)); code != tt.code ||
				!strings.Contains(errs.String(), tt.says) {
				t.Fatalf("exit %d, %s", code, errs)
			}
			text, err := os.ReadFile(filepath.Join(h.Root, "var/lib/selinux/targeted/active/booleans.local"))
			if tt.local == "" {
				if err == nil && strings.Contains(string(text), "=") {
					t.Errorf("booleans.local: %s", text)
				}
				return
			}
			if err != nil || !strings.Contains(string(text), "\n"+tt.local+"\n") {
				t.Errorf("booleans.local: %s %v", text, err)
			}
		})
	}
}

// TestDisabled: without SELinux the others say so, with the exit codes of the real ones.
func TestDisabled(t *testing.T) {
	h, _, errs := host(t)
	for _, tt := range []struct {
		run  func([]string) int
		args string
		code int
		says string
	}{
		{h.GetSEBool, "-a", 1, "getsebool:  SELinux is disabled"},
		{h.GetSEBool, "-x", 1, "usage:  getsebool -a or getsebool boolean..."},
		{h.LoadPolicy, "", 2, "load_policy:  Can't load policy:"},
		{h.LoadPolicy, "-q file", 2, "Policy file argument (file) is no longer supported"},
		{h.LoadPolicy, "-z", 1, "usage:  load_policy [-qi]"},
	} {
		errs.Reset()
		if code := tt.run(strings.Fields(tt.args)); code != tt.code || !strings.Contains(errs.String(), tt.says) {
			t.Errorf("%q: exit %d, %s", tt.args, code, errs)
		}
	}
}
