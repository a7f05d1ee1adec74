package audit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestUnitSettings has one case for each rule about the settings of units in a text.
func TestUnitSettings(t *testing.T) {
	var many strings.Builder
	for i := range maxUnitSettings + 9 {
		fmt.Fprintf(&many, "u%d.service NoNewPrivileges=yes\n", i)
	}
	for _, c := range []struct{ rule, text, want string }{
		{"a drop-in as it is written", "printf '[Service]\\nNoNewPrivileges=yes\\n' > " +
			"/etc/systemd/system/based.service.d/nnp.conf\n", "based.service NoNewPrivileges 1"},
		{"the text of a unit, and its name before it",
			"# /etc/systemd/system/based@.service\n[Service]\nNoNewPrivileges=true\n",
			"based@.service NoNewPrivileges 3"},
		{"without a name", "NoNewPrivileges=on\n", " NoNewPrivileges 1"},
		{"in a sentence", "We set `NoNewPrivileges=1` there.\n", " NoNewPrivileges 1"},
		{"what implies it", "DynamicUser=yes\n", " DynamicUser 1"},
		{"that is switched off", "NoNewPrivileges=no\n", ""},
		{"any other value", "NoNewPrivileges=maybe\n", ""},
		{"without a value", "NoNewPrivileges= is set\n", ""},
		{"a comment of the file", "#NoNewPrivileges=yes\n; NoNewPrivileges=yes\n", ""},
		{"behind the prompt of root", "# echo NoNewPrivileges=yes > x.service\n", "x.service NoNewPrivileges 1"},
		{"what implies it with a user", "User=ann\nSystemCallFilter=@system-service\n",
			" User 1;  SystemCallFilter 2"},
		{"root is no such user", "User=root\nPrivateDevices=no\n", ""},
		{"the end of another key", "XUser=ann\nDynamicUser=no\n", ""},
		{"only in the first lines", strings.Repeat("x\n", seenLines) + "NoNewPrivileges=yes\n", ""},
		{"once for a unit", strings.Repeat("NoNewPrivileges=yes\n", 9), " NoNewPrivileges 1"},
		{"not without end", many.String(), fmt.Sprint(maxUnitSettings)},
	} {
		r := NewReader(bytes.NewReader([]byte(c.text)), goldenOptions)
		for _, err := range r.Events() {
			if err != nil {
				t.Fatal(err)
			}
		}
		var list []string
		for _, u := range r.UnitSettings() {
			list = append(list, fmt.Sprintf("%s %s %d", u.Unit, u.Key, u.Line))
		}
		got := strings.Join(list, "; ")
		if len(list) > 2 {
			got = fmt.Sprint(len(list))
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}
