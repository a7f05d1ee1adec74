package subject

import (
	"errors"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
)

// tree returns a directory with files as the tree of a system.
func tree(t testing.TB, files map[string]string) host.Root {
	t.Helper()
	root, err := host.OpenRoot(testenv.Tree(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// systemd.unit(5) and systemd.service(5): the order of places, masks, aliases,
// templates, the order of drop-ins, prefixes of commands, continued lines.
func TestLoadUnit(t *testing.T) {
	r := tree(t, map[string]string{
		"usr/lib/systemd/system/haproxy.service": "[Unit]\nExecStart=/not/this\n[Service]\nExecStart=" +
			"/usr/sbin/haproxy -Ws -f %n\n",
		"etc/systemd/system/haproxy.service.d/50-b.conf": "[Service]\nExecStart=\nExecStart=-@\"/opt/ha proxy\" " +
			"haproxy\n",
		"run/systemd/system/haproxy.service.d/50-b.conf":   "[Service]\nExecStart=/hidden\n",
		"usr/lib/systemd/system/service.d/10-all.conf":     "[Service]\nNoNewPrivileges=yes\n",
		"etc/systemd/system/haproxy.service.d/ignored.txt": "[Service]\nSELinuxContext=x:y:z\n",
		"usr/lib/systemd/system/over.service":              "[Service]\nExecStart=/usr/bin/vendor\n",
		"etc/systemd/system/over.service": "[Service]\n# comment \\\nExecStart=/usr/bin/own \\\n; " +
			"in between\n  --more\nSELinuxContext=-system_u:system_r:%p_t:s0\n",
		"etc/systemd/system/masked.service":               "-> /dev/null",
		"etc/systemd/system/empty.service":                "",
		"usr/lib/systemd/system/masked.service":           "[Service]\nExecStart=/x\n",
		"etc/systemd/system/alias.service":                "-> /usr/lib/systemd/system/real.service",
		"usr/lib/systemd/system/real.service":             "[Service]\nExecStart=!!/usr/bin/real\n",
		"etc/systemd/system/real.service.d/a.conf":        "[Service]\nSELinuxContext=u:r:real_t:s0\n",
		"usr/lib/systemd/system/web@.service":             "[Service]\nExecStart=/srv/%i/%p-%%-%N\n",
		"etc/systemd/system/web@two.service.d/x.conf":     "[Service]\nNoNewPrivileges=1\n",
		"etc/systemd/system/web@.service.d/y.conf":        "[Service]\nNoNewPrivileges=no\n",
		"usr/lib/systemd/system/none.service":             "[Service]\nType=oneshot\n",
		"usr/lib/systemd/system/spec.service":             "[Service]\nExecStart=%b/x\n",
		"usr/lib/systemd/system/foo-bar-baz.service":      "[Service]\nExecStart=/x\n",
		"etc/systemd/system/foo-.service.d/p.conf":        "[Service]\nSELinuxContext=u:r:p_t:s0\n",
		"etc/systemd/system/foo-bar-baz.service.d/p.conf": "-> /dev/null",
	})
	for _, tt := range []struct {
		name, exec, context string
		optional, nnp       bool
		files               int
	}{
		{"haproxy", "/opt/ha proxy", "", false, true, 3},
		{"haproxy.service", "/opt/ha proxy", "", false, true, 3},
		{"over", "/usr/bin/own", "system_u:system_r:over_t:s0", true, true, 2},
		{"alias", "/usr/bin/real", "u:r:real_t:s0", false, true, 3},
		{"web@one", "/srv/one/web-%-web@one", "", false, false, 3},
		{"web@two", "/srv/two/web-%-web@two", "", false, false, 4}, // y.conf after x.conf
		{"foo-bar-baz", "/x", "", false, true, 2},
	} {
		u, err := loadUnit(r, tt.name)
		if err != nil || u.Exec != tt.exec || u.Context != tt.context || u.ContextOptional != tt.optional ||
			u.NoNewPrivileges != tt.nnp || len(u.Files) != tt.files {
			t.Errorf("%s: %+v, %v; want %+v", tt.name, u, err, tt)
		}
	}
	for name, want := range map[string]string{
		"masked": "masked", "empty": "masked", "absent": "none of the directories", "none": "no ExecStart",
		"spec": "specifier %b",
		"../x": "not the name", "x.socket": "not the name", ".service": "not the name",
	} {
		u, err := loadUnit(r, name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v; want an error with %q", name, u, err, want)
		}
		if name == "masked" && !errors.Is(err, ErrNoUnit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
