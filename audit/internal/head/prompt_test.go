package head

import "testing"

// TestReadPrompt has one case for each form of a prompt, and for what looks like one.
func TestReadPrompt(t *testing.T) {
	for line, want := range map[string]string{
		// The user, the host and the directory, as Red Hat and Debian set them.
		"[root@web1 ~]# ls -Z /srv":   "ls -Z /srv",
		"root@web1:/etc/httpd# cat x": "cat x",
		"ann@web1:~$ sudo ls":         "sudo ls",
		"ann@web1 ~ % ls":             "ls",
		"root@web1:~#":                "",
		// The name of the host is the id of a container, or the name of a pod that a controller made.
		"root@7ac120b4c5d2:/# ls /etc":              "7ac120b4c5d2 ls /etc",
		"[root@7ac120b4c5d2 /]# ls":                 "7ac120b4c5d2 ls",
		"root@web-7d9c5b5f64-x2x7z:/app# cat /data": "web-7d9c5b5f64-x2x7z cat /data",
		// A name of 12 digits, or of another length, is none of a container.
		"root@123456789012:/# ls": "ls",
		"root@7ac120b4c5d:/# ls":  "ls",
		// Shells without settings, and busybox.
		"bash-5.1# cat /x": "bare cat /x",
		"sh-4.4$ cat /x":   "bare cat /x",
		"/ # ls":           "bare ls",
		"~ $ ls":           "bare ls",
		"/app # ls":        "bare ls",
		// As people write it.
		"$ ls": "ls",
		"# ls": "ls",
		"% ls": "ls",
		// No prompts.
		"":                                   "none",
		"/srv/x: 100% of it":                 "none",
		"ls: cannot access '/etc/hosts': no": "none",
		"[Fri Nov 11 17:38:48 2016] [error] pid#812": "none",
		"mail to ann@example.com costs 5$ a month":   "none",
		"bash-completion # is installed":             "none",
		"#comment":                                   "none",
		"https://ann@example.com/x# y":               "none",
	} {
		got := "none"
		if p, ok := ReadPrompt(line); ok {
			if !MayPrompt([]byte(line)) {
				t.Errorf("%q: MayPrompt does not know it", line)
			}
			got = p.Command
			if p.Container != nil {
				got = p.Container.Name + " " + got
			}
			if p.Bare {
				got = "bare " + got
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// FuzzReadPrompt: MayPrompt knows all prompts, and a command is a part of its line.
func FuzzReadPrompt(f *testing.F) {
	for _, s := range []string{"[root@a b]# c", "a@b:c$ d", "/ # x", "bash-1.2$", "$ x", "[$", "@# ",
		"sudo docker run x", "oc exec x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		p, ok := ReadPrompt(line)
		if ok && !MayPrompt([]byte(line)) {
			t.Fatalf("MayPrompt does not know %q", line)
		}
		if len(p.Command) > len(line) {
			t.Fatal(p)
		}
	})
}
