package audit

import (
	"strings"
	"testing"
)

// containersOf returns the container of each complaint of a text: - for the host.
func containersOf(text string) string {
	events, _ := Parse(text, goldenOptions)
	var list []string
	for _, e := range events {
		switch c := e.Container; {
		case e.Symptom == nil:
		case c == nil:
			list = append(list, "-")
		default:
			list = append(list, strings.Join(strings.Fields(c.Engine+" "+c.Name+" "+c.Storage), " "))
			if c.Source != "prompt" {
				list = append(list, c.Source)
			}
		}
	}
	return strings.Join(list, "; ")
}

// TestContainerPrompt has one case for each rule about whose complaints the lines behind a prompt have.
func TestContainerPrompt(t *testing.T) {
	const hosts = "cat: /etc/hosts: Permission denied\n"
	for _, c := range []struct{ rule, text, want string }{
		{"the id of a container in the prompt", "root@7ac120b4c5d2:/# cat /etc/hosts\n" + hosts, "7ac120b4c5d2"},
		{"in Red Hat's", "[root@7ac120b4c5d2 /]# cat /etc/hosts\n" + hosts, "7ac120b4c5d2"},
		{"a name of the host", "root@web1:/# cat /etc/hosts\n" + hosts, "-"},
		{"the engine that started it", "$ sudo podman run -it fedora\n[root@7ac120b4c5d2 /]# cat x\n" + hosts,
			"podman 7ac120b4c5d2"},
		{"busybox, behind the command of an engine", "$ docker run -it alpine\n/ # cat /etc/hosts\n" + hosts, "docker"},
		{"without one it is a small system", "/ # cat /etc/hosts\n" + hosts, "-"},
		{"a shell without settings", "# podman exec -it web sh\nsh-5.1# cat /etc/hosts\n" + hosts, "podman"},
		{"a command alone", "$ docker run --rm alpine cat /etc/hosts\n" + hosts, "docker"},
		{"without a prompt", "docker run --rm alpine cat /etc/hosts\n" + hosts, "docker"},
		{"what the engine says itself", "$ podman run --rm x\nError: crun: open /srv/x: Permission denied\n", "-"},
		{"in an inner shell nothing is the engine's", "root@7ac120b4c5d2:/# x\nError: open /x: Permission denied\n",
			"7ac120b4c5d2"},
		{"the next prompt of the host", "root@7ac120b4c5d2:/# exit\nroot@web1:~# cat /etc/hosts\n" + hosts, "-"},
		{"the end of a block", "```\nroot@7ac120b4c5d2:/# ls\n```\n" + hosts, "-"},
		{"far behind it", "root@7ac120b4c5d2:/# ls\n" + strings.Repeat("x\n", maxOutput+1) + hosts, "-"},
		{"a line of syslog is of its host", "root@7ac120b4c5d2:/# ls\nOct  9 09:13:22 web1 " + hosts, "-"},
		{"a line names its own container", "$ docker compose logs\nweb-1  | " + hosts, "web-1; compose"},
		{"the storage that a line before names",
			"dockerd -g /data/docker\n$ docker run -ti x\nroot@7ac120b4c5d2:/# ls\n" + hosts,
			"docker 7ac120b4c5d2 /data/docker"},
		{"but not that of another engine",
			"dockerd -g /data/docker\n$ podman run x cat /etc/hosts\n" + hosts, "podman"},
		{"a refusal that is not understood", "root@7ac120b4c5d2:/# x\nPermission denied by x\n", "7ac120b4c5d2"},
	} {
		if got := containersOf(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}
