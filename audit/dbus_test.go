package audit_test

import (
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// dbus-daemon's text counts as the denial that it enforces, if it has both labels.
func TestDBusWords(t *testing.T) {
	const words = `An SELinux policy prevents this sender from sending this message to this recipient, ` +
		`0 matched rules; type="method_call", ` +
		`sender=":1.45" (uid=0 pid=1200 comm="/usr/sbin/agentd" label="u:r:a_t:s0")` +
		` interface="org.x.Y" member="Z" error name="(unset)" ` +
		`requested_reply="0" destination="org.x" (uid=0 pid=1 comm="/usr/lib/b" label="u:r:b_t:s0")`
	for _, lead := range []string{"", "Error: GDBus.Error:org.freedesktop.DBus.Error.AccessDenied: ",
		"Mar  1 10:00:00 h1 dbus-daemon[700]: [system] "} {
		events, stats := audit.Parse(lead+words+"\n", audit.Options{})
		if len(events) != 1 || len(events[0].AVCs) != 1 {
			t.Fatalf("%q: %d events, %+v", lead, len(events), stats)
		}
		a := events[0].AVCs[0]
		if !a.User || a.SContext != "u:r:a_t:s0" || a.TContext != "u:r:b_t:s0" || a.TClass != "dbus" ||
			!a.Has("send_msg") || a.PID != 1200 || a.Comm != "/usr/sbin/agentd" {
			t.Errorf("%q: %+v", lead, a)
		}
	}
	// Without a label it is a complaint, and is counted.
	events, _ := audit.Parse("An SELinux policy prevents this sender from sending this message to this "+
		"recipient; sender=\":1.45\" destination=\"org.x\"\n", audit.Options{})
	if len(events) != 1 || events[0].Symptom == nil || events[0].Symptom.Protocol != "dbus" {
		t.Errorf("%+v", events)
	}
}

// A terminal breaks a record of systemd within its class: the rest of the class and the words behind it are on
// the next line.
func TestClassBroken(t *testing.T) {
	const head = "type=USER_AVC msg=audit(1.5:7): pid=1 uid=0 auid=4294967295 ses=4294967295 " +
		"subj=system_u:system_r:init_t:s0 msg='avc:  denied  { status } for auid=n/a uid=0 gid=0 " +
		"cmdline=\"systemctl is-enabled a.service\" scontext=u:r:agent_t:s0 tcontext=u:r:init_t:s0 tclass="
	for _, c := range []struct{ lines, class string }{
		{"s\nystem  exe=\"/usr/lib/systemd/systemd\" sauid=0 hostname=? addr=? terminal=?'\n", "system"},
		{"serv\nice permissive=0 exe=\"/usr/lib/systemd/systemd\" sauid=0 hostname=?'\n", "service"},
		{"service\nexe=\"/usr/lib/systemd/systemd\" sauid=0 hostname=?'\n", "service"},
	} {
		events, stats := audit.Parse(head+c.lines, audit.Options{})
		if len(events) != 1 || len(events[0].AVCs) != 1 || events[0].AVCs[0].TClass != c.class {
			t.Errorf("%q: %+v %+v", c.lines, events, stats)
		}
	}
	// What is no part of a class does not belong to the record.
	events, _ := audit.Parse(head+"s\nystem of another kind\n", audit.Options{})
	if len(events) == 1 && len(events[0].AVCs) == 1 && events[0].AVCs[0].TClass == "system" {
		t.Errorf("%+v", events[0].AVCs[0])
	}
}
