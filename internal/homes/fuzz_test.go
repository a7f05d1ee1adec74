package homes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// FuzzHomes makes home contexts of any template, users and groups.
func FuzzHomes(f *testing.F) {
	f.Add("HOME_DIR\t-d\tsystem_u:object_r:user_home_dir_t:s0\nHOME_ROOT\t-d\tsystem_u:object_r:home_root_t:s0\n",
		"ann:x:1000:1000::/srv/homes/ann:/bin/bash\n", "staff:x:1000:bob\n",
		"ann:unconfined_u:s0\n%staff:unconfined_u:s0\n")
	f.Add("/run/user/%{USERID}\t-d\tsystem_u:object_r:user_home_dir_t:s0\n/tmp/USER\t<<none>>\n", "a:x:1:1:::\n", "",
		"")
	f.Add("HOME_DIR", "", "", "__default__:nobody_u\n")
	f.Fuzz(func(t *testing.T, template, passwd, group, seusers string) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"passwd": passwd, "group": group} {
			if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		root, err := sysroot.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		in := Input{Policy: testPolicy{}, Template: []byte(template), UsePasswd: true, Root: root}
		for line := range strings.Lines(seusers) {
			if name, user, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name != "" {
				in.Logins = append(in.Logins, Login{Name: name, User: user})
			}
		}
		text, _, err := Make(in)
		if err == nil && len(text) > 0 && !strings.HasPrefix(string(text), homesHeader) {
			t.Errorf("%q", text)
		}
	})
}
