package remark

import (
	"fmt"
	"strings"
	"testing"
)

// TestDone reads texts for the remedies that they have as done: each is written as its kind, its name and what else it
// has.
func TestDone(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"[root@dock ~]# setsebool -P gate_can_connect on", "boolean gate_can_connect on"},
		{"root@dock:/etc# setsebool -P gate_can_connect=1 gate_use_nfs=0", "boolean gate_can_connect on, " +
			"boolean gate_use_nfs"},
		{"# setsebool -P gate_can_connect on", ""},
		{"Do\n# setsebool -P gate_can_connect on", ""},
		{"I ran sealert\nThen you must tell SELinux about this\nDo\n# setsebool -P gate_can_connect 1", ""},
		{"I already tried this:\n```\n# setsebool -P gate_can_connect on\n```", "boolean gate_can_connect on"},
		{"I have set gate_can_connect to on", "boolean gate_can_connect on"},
		{"I've already enabled the `gate_can_connect` boolean.", "boolean gate_can_connect on"},
		{"gate_can_connect --> on", "boolean gate_can_connect on shown"},
		{"Should I set gate_can_connect to on?", ""},
		{"You can set gate_can_connect on", ""},
		{"I have not set gate_can_connect to on", ""},
		{"I ran setsebool -P gate_can_connect on and now it works.", ""},
		{"[root@dock ~]# setsebool -P gate_can_connect on\nCould not change active booleans", ""},
		{"I tried `restorecon -Rv /srv/gate` but it did not help", "restorecon /srv/gate tree"},
		{"Already ran restorecon.", "restorecon "},
		{"[a@b ~]$ sudo restorecon -Rnv /srv/gate", ""},
		{"even after touch /.autorelabel and a reboot, which I did", "restorecon / tree"},
		{`I ran semanage fcontext -a -t gate_data_t "/srv/gate(/.*)?" and restorecon -R /srv/gate`,
			"fcontext /srv/gate(/.*)? gate_data_t, restorecon /srv/gate tree"},
		{"[a@b ~]$ sudo semanage port -a -t gate_port_t -p tcp 7001", "port 7001 gate_port_t tcp"},
		{"[a@b ~]$ semanage port -l", ""},
		{"[a@b ~]# semodule -X 300 -i my-gate.pp", "module my-gate"},
		{"[a@b ~]# semanage permissive -a gate_t", "permissive gate_t on"},
		{"[a@b ~]# semanage permissive -a gate_t\n[a@b ~]# semanage permissive -d gate_t", ""},
		{"I ran setenforce 0 and it works", "mode  on"},
		{"allow gated gate_file file { read open }", "rule gated gate_file file read open"},
		{"- magiskpolicy --live 'allow gated gate_file file read'", "rule gated gate_file file read"},
		{"allow us to read it", ""},
		{"SELinux suggests: semanage fcontext -a -t TYPE '/srv/gate'", ""},
	} {
		var s doneScanner
		for i, line := range strings.Split(tt.text, "\n") {
			s.line(int64(i+1), line)
		}
		var list []string
		for _, d := range s.list {
			text := fmt.Sprintf("%s %s", d.Kind, d.Name)
			for _, x := range [...]string{d.Type, d.Protocol, strings.Join(d.Permissions, " "),
				map[bool]string{true: "on"}[d.On],
				map[bool]string{true: "tree"}[d.Tree], map[bool]string{true: "shown"}[d.Shown]} {
				if x != "" {
					text += " " + x
				}
			}
			list = append(list, text)
		}
		if got := strings.Join(list, ", "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}
