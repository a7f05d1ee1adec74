package audit

import (
	"strings"
	"testing"
)

// TestFreeReport: a sentence in free words has the program, a permission and the class or the path, in any order; one
// without a permission, or about a person, is none.
func TestFreeReport(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SELinux prevents chronyd from using getattr to access /srv/clock/drift .",
			"chronyd getattr  /srv/clock/drift"},
		{"SELinux prevents (perl) from accessing perl with read access to lnk_file.", "(perl) read lnk_file perl"},
		{"SELinux has prevented smbd from getattr access on the file /srv/a.txt.", "smbd getattr file /srv/a.txt"},
		{"SELinux blocks nginx from reading /srv/www/a.html.", "nginx read  /srv/www/a.html"},
		{"no luck: SELinux is blocking the exim process", ""},
		{"SELinux denied tor from write and append access on the file /var/lib/x/log",
			"tor write append file /var/lib/x/log"},
		{"SELinux prevents us from reading /etc/passwd", ""},
		{"SELinux blocks the web server from reading the manual", ""},
	} {
		p, ok := freeReport([]byte(c.text))
		got := ""
		if ok {
			got = strings.Join([]string{p.Program, strings.Join(p.Permissions, " "), p.Class, p.Path}, " ")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestKeyOfBlock: a key of the Additional Information in capitals or not, with a colon or blanks behind it.
func TestKeyOfBlock(t *testing.T) {
	for text, want := range map[string]string{
		"Source Context                a:b:c": "a:b:c", "Source context a:b:c": "a:b:c",
		"  source context:\ta:b:c": "a:b:c", "Source Contexts a:b:c": "", "Source Context": "",
	} {
		if got, _ := keyOfBlock([]byte(text), "Source Context"); string(got) != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
