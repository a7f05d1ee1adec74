package classmap

import (
	"slices"
	"strings"
	"testing"
)

// TestTable: the lines are in order, each names a common that exists, and no permission is there twice.
func TestTable(t *testing.T) {
	last := ""
	for _, line := range classes {
		f := strings.Fields(line)
		if f[0] <= last {
			t.Errorf("%s is not behind %s", f[0], last)
		}
		last = f[0]
		shared := strings.Fields(permissionsOf(f[1]))
		if f[1] != "-" && len(shared) == 0 {
			t.Errorf("%s: no common %s", f[0], f[1])
		}
		all := append(shared, f[2:]...)
		slices.Sort(all)
		if len(slices.Compact(slices.Clone(all))) != len(all) || len(all) == 0 {
			t.Errorf("%s: none, or one twice: %v", f[0], all)
		}
	}
}

// TestHasPermission: names that kernels of all ages have had, and such as none has.
func TestHasPermission(t *testing.T) {
	for _, c := range []struct {
		class, permission string
		want              bool
	}{
		{"tcp_socket", "name_connect", true},
		{"tcp_socket", "recv_msg", true},     // until 2.6.30
		{"netif", "tcp_recv", true},          // until 2.6.30
		{"process2", "nnp_transition", true}, // from 4.14
		{"process", "nnp_transition", false},
		{"dbus", "send_msg", true}, // of a program
		{"netlink_firewall_socket", "nlmsg_read", true},
		{"memfd_file", "execute_no_trans", true}, // from 6.18
		{"proc", "transition", false},
		{"tcp_so", "name_bind", false},
		{"file", "", false},
		{"", "read", false},
		{"file", "file", false},
	} {
		if got := HasPermission(c.class, c.permission); got != c.want {
			t.Errorf("%s %s: %v", c.class, c.permission, got)
		}
	}
}

// TestWithPrefix: all of a prefix and nothing else.
func TestWithPrefix(t *testing.T) {
	for prefix, want := range map[string]string{
		"proc": "process process2", "tcp_so": "tcp_socket", "fi": "fifo_file file filesystem", "zz": "",
		"netlink_i": "netlink_ip6fw_socket netlink_iscsi_socket",
	} {
		if got := strings.Join(slices.Collect(WithPrefix(prefix)), " "); got != want {
			t.Errorf("%s: %s", prefix, got)
		}
	}
	if n := len(slices.Collect(WithPrefix(""))); n != len(classes) {
		t.Errorf("%d of %d", n, len(classes))
	}
}

// TestOfPrograms: every name of the list is a class.
func TestOfPrograms(t *testing.T) {
	for name := range strings.FieldsSeq(ofPrograms) {
		if !Has(name) {
			t.Errorf("no class %s", name)
		}
	}
	if OfPrograms("tcp_socket") || OfPrograms("system") || !OfPrograms("db_table") || !OfPrograms("dbus") {
		t.Error("a class of the kernel, or of programs, is taken for the other")
	}
}
