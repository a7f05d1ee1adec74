package remark

import "testing"

// TestModes reads sentences about SELinux's mode: what works with it off, what fails all the same, and what tells
// neither.
func TestModes(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Code
	}{
		{"Setting SELinux to permissive fixes it.", WorksOff},
		{"It works fine with SELinux disabled.", WorksOff},
		{"Setting SELinux to permissive allows the timer to function normally.", WorksOff},
		{"Permissive mode lets the daemon start.", WorksOff},
		{"SELinux permissive allows the module name to be longer", ""},
		{"Setting SELinux to permissive never allowed the daemon to start", FailsOff},
		{"When I put SELinux into permissive mode the service starts without error", WorksOff},
		{"After `setenforce 0` everything works as expected.", WorksOff},
		{"It only works with setenforce 0", WorksOff},
		{"The unit does not start unless I disable SELinux", WorksOff},
		{"it won't start without setenforce 0", WorksOff},
		{"The error goes away when SELinux is disabled.", WorksOff},
		{"It does not work with SELinux enforcing, but works after setenforce 0.", WorksOff},
		{"I disabled SELinux and it worked", WorksOff},
		{"Disabling SELinux resolved the issue", WorksOff},
		{"With setenforce 0 it works, is there a module?", WorksOff},
		{"I turned off SELinux. Now it works.", WorksOff},
		{"does not work after setenforce 0", FailsOff},
		{"I disabled SELinux but I still get permission denied", FailsOff},
		{"Setting SELinux to permissive doesn't help", FailsOff},
		{"Same error with SELinux disabled", FailsOff},
		{"Putting selinux in permissive mode made no difference.", FailsOff},
		{"With SELinux in permissive mode it still fails", FailsOff},
		{"The problem persists even with enforcing=0", FailsOff},
		{"it does not work without SELinux either", FailsOff},
		{"I disabled SELinux, but the same error appears", FailsOff},
		{"No SElinux enforced...", SaidOff},
		{"SELinux is disabled on this machine", SaidOff},
		{"SELINUX=disabled", SaidOff},
		{"Does it work with setenforce 0?", ""},
		{"Please disable SELinux and see if it works", ""},
		{"How can I make it work without disabling SELinux", ""},
		{"It works without disabling SELinux", ""},
		{"I don't want to disable SELinux to make it work", ""},
		{"It works with SELinux enforcing", ""},
		{"SELinux boolean httpd_can_network_connect is off", ""},
		{"SELinux is enforcing, the firewall is off and it works", ""},
		{"#     disabled - No SELinux policy is loaded.", ""},
		{"If SELinux is disabled, skip this step.", ""},
		{"There are no SELinux denials and it works", ""},
		{"this issue occurs only when selinux is disabled", ""},
		{"This error goes away after selinux is enabled", ""},
		{"disabling SELinux is not a solution that works for us", ""},
	} {
		var m modeScanner
		got, _ := m.line(1, tt.text)
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// TestModeNear reads sentences and the commands that they are about, on lines apart.
func TestModeNear(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		want  Code
	}{
		{[]string{"If I do this, the problem disappears:", "", "```", "sudo setenforce 0", "```"}, WorksOff},
		{[]string{"$ sudo setenforce 0", "", "After that it works."}, WorksOff},
		{[]string{"# setenforce 0", "This doesn't help."}, FailsOff},
		{[]string{"# setenforce 0", "", "", "", "", "", "", "It works."}, ""},
		{[]string{"The other host works.", "# setenforce 0"}, ""},
	} {
		var m modeScanner
		var got Code
		for i, line := range tt.lines {
			if code, ok := m.line(int64(i+1), line); ok {
				got = code
			}
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.lines, got, tt.want)
		}
	}
}
