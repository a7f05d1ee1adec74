package complaint

import "testing"

// TestTools has the messages of tools and runtimes whose order differs from that of others. Each group has the rule
// that it is for.
func TestTools(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		// mv between file systems removes the target first.
		{"mv: inter-device move failed: '/srv/a' to '/mnt/b'; unable to remove target: Permission denied",
			"mv unlink file /mnt/b"},
		{"mv: inter-device move failed: \u2018/srv/a\u2019 to \u2018b\u2019; unable to remove target: Permission " +
			"denied", "mv unlink file b"},
		// tar names the member first, which need not be a whole path.
		{"tar: etc/hosts: Cannot open: Permission denied", "tar open file etc/hosts"},
		{"tar: srv/l: Cannot create symlink to '/srv/x': Permission denied", "tar link file srv/l"},
		{"tar: srv: Cannot utime: Permission denied", "tar utime file srv"},
		{"tar: /srv/x: Cannot savedir: Permission denied", "tar list file /srv/x"},
		{"tar: srv/x: Cannot change mode to rwxr-xr-x: Permission denied", "tar chmod file srv/x"},
		// A shell names a file without a directory, with the line of its input before it.
		{"bash: out.txt: Permission denied", "bash ? file out.txt"},
		{"-bash: out.txt: Permission denied", "bash ? file out.txt"},
		{"bash: line 3: out.txt: Permission denied", "bash ? file out.txt"},
		{"/opt/app/run.sh: line 2: /srv/out.txt: Permission denied", "run.sh ? file /srv/out.txt"},
		{"[Job 7] /usr/lib/x/filter: line 12: <dir>/<file>: Permission denied", "filter ? file"},
		{"bash: fork: Permission denied", "none"},
		{"ps: Permission denied", "none"},
		// Owner, mode and times of a file are attributes of it.
		{"chgrp: changing group of '/srv/x': Permission denied", "chgrp chown file /srv/x"},
		{"cp: failed to preserve ownership for '/srv/x': Permission denied", "cp chown file /srv/x"},
		{"cp: preserving times for '/srv/x': Permission denied", "cp utime file /srv/x"},
		{"cp: preserving permissions for '/srv/x': Permission denied", "cp chmod file /srv/x"},
		{"install: setting permissions for '/srv/x': Permission denied", "install chmod file /srv/x"},
		{"install: cannot change owner and permissions of '/srv/x': Permission denied", "install chown file /srv/x"},
		{"scp: /srv/x: set mode: Permission denied", "scp chmod file /srv/x"},
		{"rsync: [generator] failed to set times on \"/srv/x\": Permission denied (13)", "rsync utime file /srv/x"},
		{"rsync: chgrp \"/srv/x\" failed: Permission denied (13)", "rsync chown file /srv/x"},
		{"rsync: [receiver] mkstemp \"/srv/.x.Ab12\" failed: Permission denied (13)", "rsync create file /srv/.x.Ab12"},
		// To read what a link has is not to make one.
		{"ls: cannot read symbolic link '/srv/l': Permission denied", "ls readlink file /srv/l"},
		{"readlink /srv/l: permission denied", "readlink file /srv/l"},
		{"rsync: readlink_stat(\"/srv/l\") failed: Permission denied (13)", "rsync stat file /srv/l"},
		// Which of two files is made: ln and rsync name it first, Go, Node.js and Ruby last.
		{"ln: failed to create hard link '/srv/b' => '/srv/a': Permission denied", "ln link file /srv/b"},
		{"rsync: [generator] symlink \"/srv/b\" -> \"/srv/a\" failed: Permission denied (13)",
			"rsync link file /srv/b"},
		{"symlink /srv/a /srv/b: permission denied", "link file /srv/b"},
		{"Error: EACCES: permission denied, symlink '/srv/a' -> '/srv/b'", "link file /srv/b"},
		{"Errno::EACCES: Permission denied @ rb_file_s_symlink - (/srv/a, /srv/b)", "link file /srv/b"},
		// Node.js names no file that is open.
		{"Error: EACCES: permission denied, read", "read file"},
		// Python: names of bytes and of pathlib.
		{"PermissionError: [Errno 13] Permission denied: b'/srv/x'", "? file /srv/x"},
		{"PermissionError: [Errno 13] Permission denied: PosixPath('/srv/x')", "? file /srv/x"},
		// Java: names without a directory.
		{"java.io.FileNotFoundException: logs/x.log (Permission denied)", "? file logs/x.log"},
		{"java.io.FileNotFoundException: x.log (Permission denied)", "? file x.log"},
		// sysctl names a file in /proc/sys.
		{"sysctl: permission denied on key 'net.ipv4.ip_forward'", "sysctl write file /proc/sys/net/ipv4/ip_forward"},
		{"sysctl: setting key \"kernel.x\": Permission denied", "sysctl write file /proc/sys/kernel/x"},
		// OpenSSL names the file in the call behind the reason.
		{"140:error:0200100D:system library:fopen:Permission denied:bss_file.c:402:fopen('/srv/x','r')",
			"read file /srv/x"},
		{"140:error:0200100D:system library:fopen:Permission denied:bss_file.c:402:fopen('/srv/x','w')",
			"write file /srv/x"},
		// A program that another was to start, and the one that a script names.
		{"nohup: failed to run command '/srv/x': Permission denied", "nohup execute file /srv/x"},
		{"make: execvp: /srv/x: Permission denied", "make execute file /srv/x"},
		{"bash: ./x.sh: /bin/sh: bad interpreter: Permission denied", "bash execute file /bin/sh"},
		// What is no part of a path: an arrow, words.
		{"restorecon set context /srv/x->system_u:object_r:tmp_t:s0 failed:'Permission denied'", "? file /srv/x"},
		{"/srv/x is not writable: Permission denied", "write file /srv/x"},
	} {
		got := "none"
		if Interesting([]byte(c.line)) {
			got = text(Read(c.line, "", 0))
		}
		if got != c.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", c.line, got, c.want)
		}
	}
}
