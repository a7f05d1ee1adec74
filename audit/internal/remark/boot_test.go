package remark

import (
	"slices"
	"strings"
	"testing"
)

// TestLockedOut: which texts tell that a system lets nobody in since SELinux enforces.
func TestLockedOut(t *testing.T) {
	for text, want := range map[string]bool{
		"I set SELINUX=enforcing and rebooted, now I cannot log in":                            true,
		"after setting it to enforcing\nand a reboot\nthe VM won't boot":                       true,
		"enforcing was set. Restarted; ssh says: unable to login":                              true,
		"SELinux is enforcing. I cannot log the requests of nginx":                             false,
		"I cannot log in after the reboot":                                                     false,
		"enforcing, reboot\n" + strings.Repeat("\n", 20) + "and another thing: I can't log in": false,
		"after a reboot in enforcing mode the service fails to start":                          false,
	} {
		var s Scanner
		for i, line := range strings.Split(text, "\n") {
			s.Line(int64(i+1), []byte(line))
		}
		got := slices.ContainsFunc(s.Remarks(), func(r Remark) bool { return r.Code == LockedOut })
		if got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
