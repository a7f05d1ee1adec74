package semanage_test

import (
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// pair makes two equal copies of a store, one with semanage at work on it.
func pair(t *testing.T, store string, prepare ...[]string) (theirs, ours string, o *stores.Semanage) {
	t.Helper()
	stores.NeedSemanage(t)
	theirs = stores.Usual(t, store)
	o = stores.Start(t, theirs, store)
	for _, argv := range prepare {
		o.Must(argv...)
	}
	ours = stores.Dir(t)
	if err := stores.CopyTree(theirs, ours); err != nil {
		t.Fatal(err)
	}
	return theirs, ours, o
}

// TestUsersAgainstSemanage: local SELinux users, which are not changed here, are
// part of the kernel policy too: a new one and one of the policy's own.
func TestUsersAgainstSemanage(t *testing.T) {
	theirs, ours, o := pair(t, "default",
		[]string{"user", "-a", "-N", "-R", "user_r staff_r", "-r", "s0-s0:c0.c9", "web_u"},
		[]string{"user", "-m", "-N", "-R", "staff_r", "-r", "s0-s0:c3", "user_u"})
	if _, err := os.Stat(ours + "/var/lib/selinux/default/active/users.local"); err != nil {
		t.Fatal(err)
	}
	o.Must("port", "-a", "-N", "-t", "http_port_t", "-p", "tcp", "5601")
	mustApply(t, open(t, ours), "port -a -t http_port_t -p tcp 5601")
	if d := snap(t, theirs, "default", false).Diff(snap(t, ours, "default", false)); d != "" {
		t.Error(d)
	}
}

// TestInfiniBandAgainstSemanage adds records by libsemanage, since semanage
// refuses every type where the policy lacks the attributes, and changes what is
// beside them by this package.
func TestInfiniBandAgainstSemanage(t *testing.T) {
	const context = "system_u:object_r:http_port_t:s0"
	theirs, ours, o := pair(t, "default",
		[]string{"raw-ibpkey", "fe80::", "1", "5", context},
		[]string{"raw-ibpkey", "fec0:0:0:1::", "7", "7", context},
		[]string{"raw-ibendport", "mlx5_0", "1", context},
		[]string{"raw-ibendport", "mlx5_1", "255", context})
	o.Must("port", "-a", "-N", "-t", "http_port_t", "-p", "tcp", "5601")
	mustApply(t, open(t, ours), "port -a -t http_port_t -p tcp 5601")
	if d := snap(t, theirs, "default", false).Diff(snap(t, ours, "default", false)); d != "" {
		t.Error(d)
	}
	// The files hold the text that the records print.
	for _, kind := range []semanage.Kind{semanage.IBPKeys, semanage.IBEndPorts} {
		list, err := open(t, ours).Local(kind)
		if err != nil || len(list) != 2 {
			t.Fatal(kind, list, err)
		}
		text, err := os.ReadFile(ours + "/var/lib/selinux/default/active/" + kind.File())
		if err != nil || string(text) != string(semanage.FormatLocal(list)) {
			t.Errorf("%s: %v\n%s", kind, err, text)
		}
	}
	reply := o.Run("", "ibpkey", "-D", "-N")
	if reply.RC != 0 {
		t.Fatal(reply.Err)
	}
	mustApply(t, open(t, ours), "ibpkey -D")
	o.Must("ibendport", "-d", "-N", "-z", "mlx5_0", "1")
	mustApply(t, open(t, ours), "ibendport -d -z mlx5_0 1")
	if d := snap(t, theirs, "default", false).Diff(snap(t, ours, "default", false)); d != "" {
		t.Error(d)
	}
}

// TestFilesAgainstSemanage gives both the same ports.local, written by hand: both read the
// same, and both then write the same.
func TestFilesAgainstSemanage(t *testing.T) {
	theirs, ours, o := pair(t, "default", []string{"port", "-a", "-N", "-t", "http_port_t", "-p", "tcp", "5600"})
	const context = "system_u:object_r:http_port_t:s0"
	files := []struct {
		text   string
		reason string
	}{
		{"portcon tcp 5601 " + context, "no newline at the end"},
		{"\n  # a comment\n\tportcon\tTCP   5601-5602\t" + context + "  \n", "blanks, tabs, capitals"},
		{"portcon tcp\n5601 -\n5602\n" + context + "\n", "a record on several lines"},
		{"portcon tcp 5601 " + context + " portcon udp 5601 " + context + "\n", "two on one line"},
		{"portcon tcp 5601 " + context + "\nportcon tcp 5601 " + context + "\n", "the same twice overlaps"},
		{"portcon tcp 5601\n", "no context"},
		{"portcon tcp 5601" + context + "\n", "no blank"},
		{"portcon tcp -5 " + context + "\n", "a negative number"},
		{"portcon tcp 5602 - 5601 " + context + "\n", "backwards"},
		{"portcon ip 5601 " + context + "\n", "an unknown protocol"},
		{"portcon tcp 5601 system_u:object_r\n", "half a context"},
		{"portcon tcp 5601 system_u:object_r:nosuch_t:s0\n", "an unknown type"},
		{"portcon tcp 5601 system_u:object_r:http_port_t\n", "no range"},
		{"portcon tcp 5601 <<none>>\n", "no context at all"},
		{"nodecon tcp 5601 " + context + "\n", "another keyword"},
	}
	if !testenv.Long() {
		files = files[1:6]
	}
	for _, f := range files {
		for _, root := range []string{theirs, ours} {
			stores.Write(t, root+"/var/lib/selinux/default/active/ports.local", f.text)
		}
		reply := o.Run("", "port", "-a", "-N", "-t", "ssh_port_t", "-p", "dccp", "77")
		err := apply(open(t, ours), true, "port -a -t ssh_port_t -p dccp 77")
		if (err != nil) != (reply.RC != 0) {
			t.Errorf("%s: semanage: exit %d %s\nwe: %v", f.reason, reply.RC, reply.Err, err)
			continue
		}
		if d := snap(t, theirs, "default", false).Diff(snap(t, ours, "default", false)); d != "" {
			t.Errorf("%s: %s", f.reason, d)
		}
		if err == nil {
			o.Must("port", "-d", "-N", "-p", "dccp", "77")
			mustApply(t, open(t, ours), "port -d -p dccp 77")
		}
	}
}

// TestEachReadsTheOther: semanage can continue with this package's store, and this package with
// semanage's.
func TestEachReadsTheOther(t *testing.T) {
	theirs, ours, o := pair(t, "mls", []string{"boolean", "-m", "-N", "-S", "mls", "--on", "httpd_can_network_connect"})
	mustApply(t, open(t, theirs), "port -a -t http_port_t -p tcp 5601\nnode -a -M /8 -p ipv4 -t node_t 10.0.0.0")
	o.Must("port", "-a", "-N", "-S", "mls", "-t", "http_port_t", "-p", "tcp", "5602")
	mustApply(t, open(t, theirs), "port -m -t ssh_port_t -p tcp 5602")

	reply := o.Run("", "port", "-l", "-C", "-n", "-S", "mls")
	if got := strings.Fields(reply.Out); strings.Join(got, " ") != "http_port_t tcp 5601 ssh_port_t tcp 5602" {
		t.Errorf("semanage lists %q", got)
	}
	s := open(t, ours)
	mustApply(t, s, "port -a -t http_port_t -p tcp 5601\nnode -a -M /8 -p ipv4 -t node_t 10.0.0.0")
	mustApply(t, s, "port -a -t http_port_t -p tcp 5602")
	mustApply(t, s, "port -m -t ssh_port_t -p tcp 5602")
	if d := snap(t, theirs, "mls", true).Diff(snap(t, ours, "mls", true)); d != "" {
		t.Error(d)
	}
}
