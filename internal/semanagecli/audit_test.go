package semanagecli

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/test/stores"
)

// auditOf runs command lines and returns the audit messages that they would send.
func auditOf(t *testing.T, root, stdin string, args ...string) []string {
	t.Helper()
	var messages []string
	tool := Tool{Stdin: strings.NewReader(stdin), Stdout: io.Discard, Stderr: io.Discard, Root: root}
	tool.Audit = func(message string, success bool) {
		if !success {
			message = "failed: " + message
		}
		messages = append(messages, message)
	}
	tool.Run(args...)
	return messages
}

// TestAudit: the messages are those of seobject.py.
func TestAudit(t *testing.T) {
	root := stores.Usual(t, "default")
	const context = " tcontext=system_u:object_r:"
	for _, c := range []struct {
		line string
		want []string
	}{
		{"port -a -N -t http_port_t -p tcp 5601", []string{"resrc=port op=add lport=5601 proto=6" + context +
			"http_port_t:s0"}},
		{"port -a -N -t http_port_t -p sctp 7000-7001 -r s0:c1",
			[]string{"resrc=port op=add lport=7000-7001 proto=132" + context + "http_port_t:s0:c1"}},
		{"port -a -N -t http_port_t -p tcp 5601", nil}, // refused before it is a change
		{"port -a -N -t http_port_t -p tcp 5600-5603",
			[]string{"failed: resrc=port op=add lport=5600-5603 proto=6" + context + "http_port_t:s0"}},
		{"port -m -N -t ssh_port_t -p tcp 5601", []string{"resrc=port op=modify lport=5601 proto=6" + context +
			"ssh_port_t:s0"}},
		{"port -m -N -p tcp 5601 -r s0:c3", []string{"resrc=port op=modify lport=5601 proto=6" + context +
			"None:s0:c3"}},
		{"port -d -N -p tcp 5601", []string{"resrc=port op=delete lport=5601 proto=6"}},
		{"port -D -N", []string{"resrc=port op=delete lport=7000-7001 proto=132"}},
		{"node -a -N -t node_t -M /8 -p x 10.0.0.0",
			[]string{"resrc=node op=add laddr=10.0.0.0 netmask=255.0.0.0 proto=4" + context + "node_t:s0"}},
		{"node -a -N -t node_t -M ffff:: -p ipv6 2001:DB8::",
			[]string{"resrc=node op=add laddr=2001:DB8:: netmask=ffff:: proto=41" + context + "node_t:s0"}},
		{"node -m -N -t node_t -M ffff:: -p ipv6 2001:DB8::",
			[]string{"resrc=node op=modify laddr=2001:DB8:: netmask=ffff:: proto=41" + context + "node_t:"}},
		{"node -D -N", []string{"resrc=node op=delete laddr=10.0.0.0 netmask=255.0.0.0 proto=4",
			"resrc=node op=delete laddr=2001:db8:: netmask=ffff:: proto=41"}},
		{"interface -a -N -t netif_t lo", []string{"resrc=interface op=add netif=lo" + context + "netif_t:s0"}},
		{"interface -d -N lo", []string{"resrc=interface op=delete netif=lo"}},
		{"boolean -m -N --on ftp_home_dir", nil},
		{"port -l", nil},
		{"import -N <<< port -a -t http_port_t -p tcp 5601\ninterface -a -t netif_t lo", []string{
			"resrc=port op=add lport=5601 proto=6" + context + "http_port_t:s0",
			"resrc=interface op=add netif=lo" + context + "netif_t:s0"}},
	} {
		line, stdin, _ := strings.Cut(c.line, " <<< ")
		if got := auditOf(t, root, stdin, strings.Fields(line)...); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.line, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	// Changes of a store that is not in use are not audited.
	if err := stores.CopyTree(root+"/var/lib/selinux/default", root+"/var/lib/selinux/other"); err != nil {
		t.Fatal(err)
	}
	if err := stores.CopyTree(root+"/etc/selinux/default", root+"/etc/selinux/other"); err != nil {
		t.Fatal(err)
	}
	if got := auditOf(t, root, "", "port", "-a", "-N", "-S", "other", "-t", "http_port_t", "-p", "tcp",
		"5609"); got != nil {
		t.Errorf("another store: %q", got)
	}
}

// TestAuditQuote: a text that could end the field is written in hexadecimal.
func TestAuditQuote(t *testing.T) {
	for in, want := range map[string]string{"/usr/sbin/semanage": `"/usr/sbin/semanage"`, "/a b": "2F612062",
		`/a"`: "2F6122", "/\xff": "2FFF"} {
		if got := auditQuote(in); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}
