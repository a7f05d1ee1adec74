package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
)

// TestDescriptions asks for what the policy's documentation says of a boolean, in a tree that has such
// documentation, and in one that has none.
func TestDescriptions(t *testing.T) {
	const sentence = "Allow haproxy to connect to every port."
	const text = `<policy><layer name="services"><module name="haproxy">
<tunable name="haproxy_connect_any" dftval="false">
<desc><p>` + sentence + ` More of it.</p></desc></tunable></module></layer></policy>`
	for _, documented := range []bool{true, false} {
		root := t.TempDir()
		write := func(name, text string) string {
			name = filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			return name
		}
		file := write("etc/selinux/targeted/policy/policy.33", examples.Policy())
		write("etc/selinux/config", "SELINUXTYPE=targeted\n")
		if documented {
			write("usr/share/selinux/devel/policy.xml", text)
		}
		for _, args := range [][]string{
			{"bool", "list", "--policy", file}, {"bool", "haproxy_connect_any", "--policy", file},
			{"bool", "list", "--policy", file, "--json"}, {"explain", "haproxy_connect_any", "--policy", file},
			{"explain", "haproxy_connect_any", "--policy", file, "--json"},
			{"__complete", "explain", "--root", root, "--bool", "haproxy_connect"},
		} {
			code, out, stderr := runSenet(t, args...)
			if code != 0 || strings.Contains(out, sentence) != documented {
				t.Errorf("documented %t: senet %v: exit %d %s\n%s", documented, args, code, stderr, out)
			}
		}
	}
}
