package listing

import (
	"fmt"
	"strings"
	"testing"
)

// scan reads a text as the reader of logs does: what is no listing is remembered.
func scan(text string) []File {
	var s Scanner
	var files []File
	for i, line := range strings.Split(text, "\n") {
		found := s.Read(int64(i+1), line)
		if found == nil && strings.TrimSpace(line) != "" {
			s.Past(int64(i+1), []byte(line))
		}
		files = append(files, found...)
	}
	return files
}

// words writes a file as: kind path-or-name type, and for restorecon and matchpathcon the wanted type.
func words(f *File) string {
	kind, name := "?", f.Path
	if f.Kind != 0 {
		kind = string(rune(f.Kind))
	}
	if name == "" {
		name = "(" + f.Name + ")"
	}
	text := kind + " " + name + " " + f.Context
	if f.Wanted != "" {
		text += " -> " + f.Wanted
	}
	if f.Changed {
		text += " done"
	}
	if f.Kept {
		text += " kept"
	}
	return text
}

func TestScanner(t *testing.T) {
	const home, bin = "unconfined_u:object_r:user_home_t:s0", "system_u:object_r:bin_t:s0"
	for _, c := range []struct {
		rule, text string
		want       []string
	}{
		{"coreutils of today, the directory from the command, a prompt without a path, a date in French",
			"root@a opt]# ls /usr/local/bin -lahZ\ntotal 19M\n" +
				"drwxr-xr-x.  2 root root " + bin + "           93 23 mai   09:14 .\n" +
				"drwxr-xr-x. 12 root root " + bin + "          131  9 mai   2022 ..\n" +
				"-rwxr-xr-x.  1 root root " + home + " 19M 29 nov.  19:59 exporter",
			[]string{"d /usr/local/bin " + bin, "d /usr/local " + bin, "- /usr/local/bin/exporter " + home}},
		{"Red Hat's form before 8.24: neither links nor size nor date",
			"$ ls -lZ /srv/www\n-rw-r--r--. root root " + home + " index.html\ndrwxr-xr-x  root root " + bin + " a b",
			[]string{"- /srv/www/index.html " + home, "d /srv/www/a b " + bin}},
		{"numbers of owners (-n) are no number of links", "-rw-r--r--. 0 0 " + home + " x", []string{"- (x) " + home}},
		{"the numbers of -i and -s", "# ls -lisZ /srv\n131 4.0K -rw-r--r--. 1 root root " + home + " 9 May 23 09:14 x",
			[]string{"- /srv/x " + home}},
		{"a group with a blank", "# ls -lZ /srv\n-rw-r--r--. 1 bob domain users " + home + " 9 May 23 09:14 x",
			[]string{"- /srv/x " + home}},
		{"dates: with a year, of --full-time, of long-iso, in German and in Chinese",
			"# ls -lZ /d\n-rw------- 1 a a " + home + " 9 May 23  2021 a\n" +
				"-rw------- 1 a a " + home + " 9 2021-05-23 09:14:00.000000000 +0200 b\n" +
				"-rw------- 1 a a " + home + " 9 2021-05-23 09:14 c\n-rw------- 1 a a " + home +
				" 4,0K 23. Mai 09:14 d\n" +
				"-rw------- 1 a a " + home + " 9 5月 23 09:14 e\n-rw------- 1 a a " + home + " 9 2021-05-23 f",
			[]string{"- /d/a " + home, "- /d/b " + home, "- /d/c " + home, "- /d/d " + home, "- /d/e " + home,
				"- /d/f " + home}},
		{"a device has two numbers, a link what it leads to, a program the mark of -F",
			"# ls -lFZ /d\ncrw-rw---- 1 root disk " + bin + " 10, 237 May 23 09:14 loop-control\n" +
				"lrwxrwxrwx. 1 root root " + bin + " 7 May 23 09:14 l -> /usr/bin\n" +
				"-rwxr-xr-x. 1 root root " + bin + " 7 May 23 09:14 run*\ndrwxr-xr-x. 1 root root " + bin +
				" 7 May 23 09:14 sub/",
			[]string{"c /d/loop-control " + bin, "l /d/l " + bin, "- /d/run " + bin, "d /d/sub " + bin}},
		{"a context without a level", "# ls -Zd /srv\nunconfined_u:object_r:user_home_t /srv",
			[]string{"? /srv unconfined_u:object_r:user_home_t"}},
		{"ls -Z without -l: names that are whole, and in columns, behind a cd",
			"bob@a:~$ cd /data/w\nbob@a:/data/w$ ls -Z\n" + home + " 'a b'  " + bin + " c",
			[]string{"? /data/w/a b " + home,
				"? /data/w/c " + bin}},
		{"no directory: the name alone", home + " x\n\n" + home + " /data/x", []string{"? (x) " + home, "? /data/x " +
			home}},
		{"the directory of a prompt with a whole path", "root@a:/var/lib# ls -lZ\n-rw------- 1 a a " + home +
			" 9 May 23  2021 a", []string{"- /var/lib/a " + home}},
		{"a prompt close to its command, sudo, a pipe", "#sudo ls -laZ /srv | grep a\n-rw------- 1 a a " + home +
			" 9 May 23  2021 a", []string{"- /srv/a " + home}},
		{"a command in a sentence", "The output of `ls -lZ /srv` is:\n-rw------- 1 a a " + home + " 9 May 23  2021 a",
			[]string{"- /srv/a " + home}},
		{"words of a sentence are no command", "then ls -Z shows:\n-rw------- 1 a a " + home + " 9 May 23  2021 a",
			[]string{"- (a) " + home}},
		{"a file as the argument, relative", "$ cd /srv && ls -lZ w/a\n-rw------- 1 a a " + home +
			" 9 May 23  2021 w/a",
			[]string{"- /srv/w/a " + home}},
		{"ls -d writes the argument", "# ls -ldZ /srv/w/\ndrwx------ 1 a a " + home + " 9 May 23  2021 /srv/w/",
			[]string{"d /srv/w " + home}},
		{"several directories, each with its line",
			"# ls -lZ /a /b\n/a:\ntotal 0\n-rw------- 1 a a " + home +
				" 9 May 23  2021 x\n\n/b:\ntotal 0\n-rw------- 1 a a " +
				home + " 9 May 23  2021 y", []string{"- /a/x " + home, "- /b/y " + home}},
		{"a word of a sentence is no directory", "# cd /d\n# ls -lZ /a\ngives:\n-rw------- 1 a a " + home +
			" 9 May 23  2021 x",
			[]string{"- /a/x " + home}},
		{"a pattern of the shell is no directory", "# ls -lZ /a*\n-rw------- 1 a a " + home + " 9 May 23  2021 x",
			[]string{"- (x) " + home}},
		{"a listing without labels before tells nothing", "# ls -l /a\ntotal 0\n" + home + " x", []string{"? (x) " +
			home}},
		{"stat, of today and of old coreutils",
			"  File: /srv/x\n  Size: 6  Blocks: 8  IO Block: 4096   regular file\n" +
				"Access: (0644/-rw-r--r--)  Uid: ( 0/ root)\n" +
				"Context: " + home + "\n  File: \u2018/srv/y\u2019 -> \u2018z\u2019\nContext: " + bin,
			[]string{"- /srv/x " + home, "? /srv/y " + bin}},
		{"the label of a stat without its file is none", "Context: " + home, nil},
		{"restorecon since 2.6", "Would relabel /srv/x from " + home + " to " + bin + "\nRelabeled /srv/y from " +
			home +
			" to " + bin, []string{"? /srv/x " + home + " -> " + bin, "? /srv/y " + home + " -> " + bin + " done"}},
		{"restorecon before", "/sbin/restorecon reset /srv/x context " + home + "->" + bin,
			[]string{"? /srv/x " + home + " -> " + bin + " done"}},
		{"restorecon -n before: the command tells", "# restorecon -Rnv /srv\nrestorecon reset /srv/x context " +
			home + "->" +
			bin, []string{"? /srv/x " + home + " -> " + bin}},
		{"since 2.6 the word itself tells", "# restorecon -Rnv /srv\nRelabeled /srv/x from " + home + " to " + bin,
			[]string{"? /srv/x " + home + " -> " + bin + " done"}},
		{"a label that restorecon leaves", "/srv/x not reset as customized by admin to " + home + "\n" +
			"restorecon: /srv/y not reset as customized by admin to " + home,
			[]string{"? /srv/x " + home + " kept", "? /srv/y " + home + " kept"}},
		{"a table that cron does not run", "Oct 01 09:12:41 h crond[1]: ((null)) Unauthorized SELinux " +
			"context=system_u:system_r:system_cronjob_t:s0 file_context=" + home + " (/etc/cron.d/x)",
			[]string{"? /etc/cron.d/x " + home}},
		{"a job of cron without its label", "Unauthorized SELinux context=a file_context=NULL (/etc/crontab)", nil},
		{"a relative name that restorecon leaves", "x not reset as customized by admin to " + home, nil},
		{"matchpathcon", "/srv/x\t" + bin + "\n/srv/x has context " + home + ", should be " + bin,
			[]string{"? /srv/x  -> " + bin, "? /srv/x " + home + " -> " + bin}},
		{"a name with codes for its characters", "-rw-r--r--. a a " + home + " 'm'$'\\303\\251'", nil},
		{"no label is wanted", "/srv/x has context " + home + ", should be <<none>>", []string{"? /srv/x " + home}},
		{"entries of file_contexts are no listing", "/srv/x(/.*)?   all files   " + bin + "\n/srv/.*\t" + bin +
			"\n/srv/x -- " +
			bin, nil},
		{"what remains of a record is no listing", home + " tclass=file permissive=0\nTarget Context  " + home, nil},
		{"a sentence is no listing", home + " is the label that it has, not " + bin, nil},
	} {
		var got []string
		for _, f := range scan(c.text) {
			got = append(got, words(&f))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s:\n%s\n got %q\nwant %q", c.rule, c.text, got, c.want)
		}
	}
}

// TestDated: lines of a log between a command and its listing do not push it out.
func TestDated(t *testing.T) {
	for _, line := range []string{"Nov 22 10:02:33 web1 x[1]: y", "2026-11-22T10:02:33.1+00:00 web1 x[1]: y"} {
		text := "$ ls -Zd srv /srv/x\n" + strings.Repeat(line+"\n", maxPast) + "u:object_r:a_t:s0 a b"
		if files := scan(text); len(files) != 1 {
			t.Errorf("%s: %d files", line, len(files))
		}
	}
}

// TestPast: a line that is no listing costs no allocation.
func TestPast(t *testing.T) {
	var s Scanner
	line := []byte("Nov 22 10:02:33 web1 systemd[1]: Started a unit.")
	if n := testing.AllocsPerRun(10, func() { s.Past(1, line) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzScanner: no panic, and nothing beyond the bounds, whatever people paste.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{
		"# ls -lahZ /usr/local/bin\ntotal 19M\n-rwxr-xr-x. 1 root root u:object_r:bin_t:s0 19M 29 nov. 19:59 x",
		"$ cd /d && ls -Z\nu:object_r:a_t:s0 x  u:object_r:b_t:s0 y", "/d:\nlrwxrwxrwx. a a u:object_r:a_t l -> m",
		"  File: '/x'\nAccess: (0644/-rw-r--r--)\nContext: u:object_r:a_t:s0",
		"Would relabel /x from u:object_r:a_t:s0 to u:object_r:b_t:s0", "/x\tu:object_r:a_t:s0",
		"restorecon reset /x context u:object_r:a_t:s0->u:object_r:b_t:s0", "`ls -Z`:\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range scan(text) {
			switch {
			case file.Name == "", file.Context == "" && file.Wanted == "", file.Line == 0:
				t.Fatalf("%q: %+v", text, file)
			case file.Path != "" && (file.Path[0] != '/' || len(file.Path) > maxPath):
				t.Fatalf("%q: %+v", text, file)
			}
		}
	})
}
