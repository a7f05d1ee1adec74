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
		{"We turned SELinux Enforcing off for a minute and it worked then.", WorksOff},
		{"Well, I switched SELinux enforcing mode off as a test and it ran fine after that", WorksOff},
		{"After disabling selinux everything is fine", WorksOff},
		{"After disabling selinux everything is fine again.", WorksOff},
		{"With enforcing it fails, with permissive it runs", WorksOff},
		{"In enforcing mode it fails, in permissive it works", WorksOff},
		{"works in permissive, fails in enforcing", WorksOff},
		{"it fails with enforcing but works with permissive", WorksOff},
		{"Turning off SELinux made the problem go away", WorksOff},
		{"No problem with SELinux turned off.", WorksOff},
		{"no problems when selinux is disabled", WorksOff},
		{"The error is gone with selinux disabled", WorksOff},
		{"if I set enforcing to 0 the service starts", WorksOff},
		{"SELinux set to permissive: no problem.", WorksOff},
		{"setenforce 0 and all is well", WorksOff},
		{"I set SELinux to permissive and everything was fine", WorksOff},
		{"Switched to permissive and it ran.", WorksOff},
		{"with selinux off, it's fine", WorksOff},
		{"Everything works once SELinux is set to 0", WorksOff},
		{"If I turn SELinux enforcement off, it is working", WorksOff},
		{"It runs after I disabled SELinux enforcing", WorksOff},
		{"Disabling SELinux, it boots", WorksOff},
		{"The service came up when I disabled selinux", WorksOff},
		{"I turned SELinux Enforcing off but it did not help", FailsOff},
		{"After disabling selinux it is not fine either", FailsOff},
		{"With permissive it still fails", FailsOff},
		{"In permissive mode it fails, too", FailsOff},
		{"disabling SELinux did not help", FailsOff},
		{"the error is not gone with selinux disabled", FailsOff},
		{"with SELinux permissive the problem remains", FailsOff},
		{"SELinux off, no change", FailsOff},
		{"permissive flag of the file is fine", ""},
		{"The runs with SELinux enforcing are fine, disabled is not supported", ""},
		{"fine-grained control: SELinux disabled by default", ""},
		{"We had no problem enforcing the limit", ""},
		{"With enforcing it runs", ""},
		{"I would like to know if everything is fine with SELinux disabled", ""},
		{"AppArmor enforcing works, SELinux is not installed", ""},
		{"it works with enforcing, and with permissive", ""},
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
		{[]string{"Then I turned SELinux off.", "It worked!"}, WorksOff},
		{[]string{"Then I set selinux to permissive for a test.", "", "The service starts fine then."}, WorksOff},
		{[]string{"We disabled SELinux on that host.", "The service still fails."}, FailsOff},
		{[]string{"I disabled SELinux.", "I reinstalled it and the install worked."}, SaidOff},
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
