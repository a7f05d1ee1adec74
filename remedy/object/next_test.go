package object_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/remedy/object"
)

// TestNext: what is asked after a refused access, by the kernel's order, where Debian's policy refuses it too.
func TestNext(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	d := access.NewDecider(p)
	for _, c := range []struct {
		source, target, class, perm string
		same, files                 []string
	}{
		{"named_t", "dnsmasq_lease_t", "dir", "remove_name", []string{"search", "getattr", "write"},
			[]string{"unlink", "rename"}},
		{"named_t", "dnsmasq_etc_t", "dir", "add_name", []string{"search", "getattr", "write"}, []string{"create"}},
		{"named_t", "dnsmasq_etc_t", "file", "read", []string{"open", "getattr"}, nil},
		{"named_t", "named_zone_t", "file", "write", nil, nil},    // what follows is allowed
		{"named_t", "dnsmasq_etc_t", "file", "getattr", nil, nil}, // nothing follows
	} {
		same, files := object.Next(d, context(t, p, "system_u:system_r:"+c.source+":s0"),
			context(t, p, "system_u:object_r:"+c.target+":s0"), c.class, []string{c.perm})
		if !slices.Equal(same, c.same) || !slices.Equal(files, c.files) {
			t.Errorf("%s %s %s: got %v, %v", c.target, c.class, c.perm, same, files)
		}
	}
}

// TestRotates: own logs that a service is to remove get the label of its data.
func TestRotates(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	d := access.NewDecider(p)
	for _, c := range []struct{ source, target, class, perm, want string }{
		{"httpd_t", "httpd_log_t", "file", "rename", "httpd_var_lib_t"},
		{"httpd_t", "httpd_log_t", "dir", "remove_name", "httpd_var_lib_t"},
		{"mysqld_t", "mysqld_log_t", "file", "unlink", "mysqld_db_t"},
		{"httpd_t", "httpd_log_t", "file", "append", ""},
		{"httpd_t", "mysqld_log_t", "file", "unlink", ""},
		{"httpd_t", "httpd_config_t", "file", "unlink", ""},
	} {
		for _, user := range []string{"system_u", "unconfined_u"} { // what a person made has the other one
			if got := object.Rotates(d, context(t, p, "system_u:system_r:"+c.source+":s0"),
				context(t, p, user+":object_r:"+c.target+":s0"), c.class, []string{c.perm}); got != c.want {
				t.Errorf("%s:%s %s %s: got %q, want %q", user, c.target, c.class, c.perm, got, c.want)
			}
		}
	}
}

// TestLogLabel: a domain's own logs have the label that is named after it.
func TestLogLabel(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	d := access.NewDecider(p)
	for domain, want := range map[string]string{
		"httpd_t": "httpd_log_t", "mysqld_t": "mysqld_log_t", "named_t": "named_log_t", "httpd_helper_t": "",
	} {
		if got := object.LogLabel(d, context(t, p, "system_u:system_r:"+domain+":s0"),
			context(t, p, "unconfined_u:object_r:var_log_t:s0")); got != want {
			t.Errorf("%s: got %q, want %q", domain, got, want)
		}
	}
}
