package audit

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"
)

// complaints returns what each complaint of a text is about.
func complaintsOf(text string) string {
	events, _ := Parse(text, goldenOptions)
	var list []string
	for _, e := range events {
		if s := e.Symptom; s != nil {
			list = append(list, strings.TrimSpace(s.Program+" "+s.Operation+" "+s.Path))
		}
	}
	return strings.Join(list, "; ")
}

// TestJoinedLines has one case for each rule about messages that were wrapped.
func TestJoinedLines(t *testing.T) {
	const last = "\nPermission denied\n"
	long := strings.Repeat("x", maxPart)
	for _, c := range []struct{ rule, text, want string }{
		{"three lines", "mv: inter-device move failed: '/srv/a' to\n'/mnt/b'; unable to remove target:" + last,
			"mv unlink /mnt/b"},
		{"two lines", "cp: cannot create regular file '/srv/x':" + last, "cp create /srv/x"},
		{"between the words of the error", "touch: cannot touch '/srv/x': Permission\ndenied\n", "touch create /srv/x"},
		{"before the name of the file", "cp: cannot create regular file\n'/srv/x': Permission denied\n",
			"cp create /srv/x"},
		{"with the number of the error", "rsync: mkstemp \"/srv/.x.A1\" failed:\nPermission denied (13)\n",
			"rsync create /srv/.x.A1"},
		{"the number before it", "nginx: [emerg] open() \"/srv/x\" failed (13:\nPermission denied)\n",
			"nginx open /srv/x"},
		{"quoted in a mail", "> cp: cannot create regular file '/srv/x':\n> Permission denied\n", "cp create /srv/x"},
		{"with carriage returns", "cp: cannot create regular file '/srv/x':\r\nPermission denied\r\n",
			"cp create /srv/x"},
		{"behind the head of a line of syslog",
			"Oct  9 09:13:22 web1 postgres[7]: could not open file \"/srv/x\":" + last, "postgres open /srv/x"},
		{"not across an empty line", "cp: cannot create regular file '/srv/x':\n" + last, ""},
		{"not across a prompt", "cp: cannot create regular file '/srv/x':\n$ cat /etc/x" + last, ""},
		{"not a command of a prompt", "root@web1:~# cat: x:" + last, ""},
		{"not behind a message that has its error", "cp: cannot open '/srv/y': Permission denied" + last,
			"cp open /srv/y"},
		{"not behind a whole sentence", "cp: cannot create regular file '/srv/x'." + last, ""},
		{"not without the name of a program", "Cannot create the file '/srv/x':" + last, ""},
		{"not over four lines", "mv: inter-device move failed:\n'/srv/a' to\n'/mnt/b'; unable to remove target:" + last,
			""},
		{"not lines longer than what is wrapped", "cp: cannot create regular file '/srv/" + long + "':" + last, ""},
		{"not a login", "cp: cannot create regular file '/srv/x':\nPermission denied (publickey).\n", ""},
		{"not the fields of JSON", "error: {\n\"code\": \"EACCES\"\n", ""},
	} {
		for _, before := range []string{"", "Some text before it.\n\n", strings.Repeat("A line of text.\n", 500)} {
			if got := complaintsOf(before + c.text); got != c.want {
				t.Errorf("%s: %q, want %q", c.rule, got, c.want)
			}
		}
	}
	events, _ := Parse("cp: cannot create regular file '/srv/x':"+last, Options{NoSymptoms: true})
	if len(events) != 0 {
		t.Error("a complaint, though none are wanted")
	}
}

// TestLinesBefore: which lines are before the present one does not depend on the sizes of the reads, nor on a line that
// is too long to be read.
func TestLinesBefore(t *testing.T) {
	line := strings.Repeat("a", 300)
	text := "first\n\nsecond\r\n" + strings.Repeat(line+"\n", 10) + strings.Repeat("b", 5000) + "\nthird\nlast"
	lines := func(r lineReader) (list []string) {
		for {
			_, _, _, ok := r.next()
			if !ok {
				return list
			}
			seen := ""
			for b := range r.before() {
				seen += string(b[:min(len(b), 6)]) + "|"
			}
			list = append(list, seen)
		}
	}
	whole := lines(newLineReader(bytes.NewReader([]byte(text)), 2000))
	single := lines(newLineReader(iotest.OneByteReader(bytes.NewReader([]byte(text))), 2000))
	if got, want := strings.Join(single, ";"), strings.Join(whole, ";"); got != want {
		t.Errorf("byte by byte %s\nat once      %s", got, want)
	}
	for i, want := range map[int]string{0: "", 1: "first|", 2: "|first|", 3: "second||first|",
		4: "aaaaaa|second||first|", 12: "aaaaaa|aaaaaa|aaaaaa|", 13: "", 14: "", 15: "third|"} {
		if whole[i] != want {
			t.Errorf("before line %d: %s, want %s", i, whole[i], want)
		}
	}
}
