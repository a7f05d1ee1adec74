package object_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/remedy/object"
)

// TestOwnPlaces: the directories of a service's own files, on Debian's policy: settings first for what is only read,
// none in which the access is refused as well, and none for a daemon without a domain.
func TestOwnPlaces(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	for _, tt := range []struct {
		source, perm string
		want         []object.OwnPlace
	}{
		{"httpd_t", "read", []object.OwnPlace{{"/etc/httpd", "httpd_config_t"}, {"/srv/web", "httpd_sys_content_t"}}},
		{"httpd_t", "execute", nil},
		{"initrc_t", "read", nil},
	} {
		got := object.OwnPlaces(access.NewDecider(p), object.Problem{
			Source: context(t, p, "system_u:system_r:"+tt.source+":s0"),
			Target: context(t, p, "system_u:object_r:user_home_t:s0"), Class: "file", Perms: []string{tt.perm},
			Name: "x", Files: files{},
		})
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s %s: %v, want %v", tt.source, tt.perm, got, tt.want)
		}
	}
}
