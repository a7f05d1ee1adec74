package cli

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// TestCanSockets asks about sockets without ports as a person does: the exit status, the first line,
// the next command.
func TestCanSockets(t *testing.T) {
	policy := testenv.Policy(t, "default")
	for _, c := range []struct {
		args string
		code int
		want []string
	}{
		{"httpd_t connect unix:mysqld_t", exitYes, []string{"YES   httpd_t may connect to unix:mysqld_t\n"}},
		{"httpd_t connect unix:/run/mysqld/mysqld.sock", exitDepends,
			[]string{"mysqld_runtime_t:sock_file write", "httpd_t ?:unix_stream_socket connectto"}},
		{"httpd_t send netlink:route/write", exitNo, []string{"NO    httpd_t may not send to netlink:route/write\n",
			"next  senet fix httpd_t netlink_route_socket:nlmsg_write self --policy "}},
		{"ntpd_t set udp/SO_MARK", exitNo, []string{"denied, but the next one is enough"}},
		{"httpd_t use fd:init_t/tcp", exitYes, []string{"httpd_t init_t:tcp_socket { read write }"}},
		{"httpd_t request module:sctp", exitNo, []string{"next  senet fix httpd_t system:module_request kernel_t"}},
		{"httpd_t connect unix:nobody_here_t", exitUsage, []string{"no such type"}},
		{"httpd_t connect unix:", exitUsage, []string{"who listens decides"}},
		{"httpd_t dance raw", exitUsage, []string{"open, set, use and request too"}},
		{"httpd_t set SO_MARK --protocol udp", exitUsage, []string{"are for ports"}},
		{"httpd_t connect unix:mysqld_t --peer mysqld_t", exitUsage, []string{"are for ports"}},
	} {
		args := append(strings.Fields("can "+c.args), "--policy", policy)
		code, out, complaint := runSenet(t, args...)
		for _, want := range c.want {
			if !strings.Contains(out+complaint, want) {
				t.Errorf("senet can %s: %q is not in\n%s%s", c.args, want, out, complaint)
			}
		}
		if code != c.code {
			t.Errorf("senet can %s: exit %d, want %d", c.args, code, c.code)
		}
		if c.code != exitUsage {
			runSenet(t, append(args, "--json")...) // which holds the document against its schema
		}
	}
}
