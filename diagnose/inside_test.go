package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestInside has one case for each rule about the file of a program in a container. The files of the system at hand
// are not asked.
func TestInside(t *testing.T) {
	testenv.Policy(t, "default")
	const shell = "$ podman run -it fedora\n[root@7ac120b4c5d2 /]# x\n"
	files := map[string]string{"etc/hosts": "0600 shadow_t", "srv/x": "0600 shadow_t"}
	for _, c := range []struct{ rule, line, want string }{
		{"a file that the engine makes", shell + "cat: /etc/hosts: Permission denied", "engine podman"},
		{"one of the image or a volume", shell + "cat: /srv/x: Permission denied", "other podman"},
		{"a file to execute", shell + "exec /srv/x: permission denied", "other podman"},
		{"a relative name", shell + "touch: x: Permission denied", "other podman"},
		{"the host's root", "mv: cannot remove '/host/etc/x': Permission denied", "host /etc/x"},
		{"the host's root in a container", shell + "cat: /rootfs/etc/x: Permission denied", "host podman /etc/x"},
		{"the host has its own", "cat: /srv/x: Permission denied", "none"},
	} {
		d := complain(t, files, c.line)
		got := "none"
		if in := d.File.Inside; in != nil {
			got = strings.Join(strings.Fields(string(in.Kind)+" "+in.Engine+" "+in.Host), " ")
			if d.Verdict != diagnose.UnknownHere || len(d.Checks) > 0 || len(d.File.Modes) > 0 || len(d.Notes) == 0 {
				t.Errorf("%s: %+v", c.rule, d)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
	}
	there := map[string]string{"host/etc/x": "0600 shadow_t"}
	if d := complain(t, there, "mv: cannot remove '/host/etc/x': Permission denied"); d.File.Inside != nil {
		t.Error("the system has a directory /host of its own")
	}
}
