package incident

import "testing"

// TestPartOf: the part of a path that a record names, a case for each rule.
func TestPartOf(t *testing.T) {
	for _, c := range []struct{ what, whole, name, class, want string }{
		{"the file itself", "/etc/x/rules.conf", "rules.conf", "file", "/etc/x/rules.conf"},
		{"a directory on the way", "/srv/app/data/x", "app", "dir", "/srv/app"},
		{"a link on the way", "/srv/app/data/x", "app", "lnk_file", "/srv/app"},
		{"a file is not on the way", "/srv/app/data/x", "app", "file", ""},
		{"another name", "/srv/app/x", "y", "file", ""},
		{"a name twice", "/srv/app/app/x", "app", "dir", ""},
		{"no whole path", "app/x", "x", "file", ""},
		{"a path with dots", "/srv/../etc/x", "x", "file", "/etc/x"},
	} {
		if got := partOf(c.whole, c.name, c.class); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}
