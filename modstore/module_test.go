package modstore

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
)

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"web": true, "a": true, "A1_b-c": true, "a.b": true, "a.b.c": true,
		"": false, "1a": false, "_a": false, "a.": false, "a..b": false, ".a": false, "a b": false, "a/b": false,
		"a\x00": false, "é": false, strings.Repeat("a", 256): false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, k := range []Key{{0, "a"}, {1000, "a"}, {-1, "a"}} {
		if CheckKey(k) == nil {
			t.Errorf("%v is taken", k)
		}
	}
}

// TestVersionOrder holds the order of names against strverscmp(3)'s manual page and
// against ls -v, which for these names is the same.
func TestVersionOrder(t *testing.T) {
	want := []string{"000", "00", "01", "010", "09", "0", "1", "9", "10"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareVersions)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	pairs := [][2]string{{"a1", "a2"}, {"a9", "a10"}, {"a", "aa"}, {"a1b", "a1c"}, {"a10b", "a10c"}, {"jan1", "jan10"}}
	for _, p := range pairs {
		if compareVersions(p[0], p[1]) >= 0 || compareVersions(p[1], p[0]) <= 0 || compareVersions(p[0], p[0]) != 0 {
			t.Errorf("%q", p)
		}
	}
}

// TestActive: of a name the highest priority counts, disabled ones do not, and the
// order is that of bytes.
func TestActive(t *testing.T) {
	list := []Module{
		{Key: Key{400, "b"}}, {Key: Key{400, "off"}, Disabled: true}, {Key: Key{100, "B"}}, {Key: Key{100, "a"}},
		{Key: Key{100, "b"}}, {Key: Key{100, "off"}, Disabled: true},
	}
	var got []string
	for _, m := range activeOf(list) {
		got = append(got, m.String())
	}
	if want := "100/B 100/a 400/b"; strings.Join(got, " ") != want {
		t.Errorf("%q", got)
	}
}

func TestSplitContexts(t *testing.T) {
	long := "/" + strings.Repeat("x", fileLine) + "USER c\n" // its second piece has the word
	text := "HOME_DIR/a c\n/opt/POWERUSER c\n/plain c\nHOME_ROOT c\n/a ROLE_u:c\n" + long + "/end c\n"
	contexts, template := splitContexts([]byte(text))
	if want := "/plain c\n" + long[:fileLine] + "/end c\n"; string(contexts) != want {
		t.Errorf("contexts %q", contexts)
	}
	if want := "HOME_DIR/a c\n/opt/POWERUSER c\nHOME_ROOT c\n/a ROLE_u:c\n" +
		long[fileLine:]; string(template) != want {
		t.Errorf("template %q", template)
	}
}

// TestCheckContexts: the same files may not have two labels (nodups_specs of
// libselinux).
func TestCheckContexts(t *testing.T) {
	for text, ok := range map[string]bool{
		"/a u:r:t\n/b u:r:t\n":          true,
		"/a -- u:r:t\n/a -d u:r:v\n":    true,
		"/a u:r:t\n/a -d u:r:v\n":       false,
		"/a -d u:r:t\n/a -d u:r:t\n":    false,
		"# /a u:r:t\n/a u:r:t\n\n":      true,
		"/a\tu:r:t\n/a\t--\tu:r:t\n":    false,
		"/a -l <<none>>\n/a -- u:r:t\n": true,
	} {
		if err := checkContexts([]byte(text)); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestChecksum holds modules_checksum against sha256sum.
func TestChecksum(t *testing.T) {
	testenv.Need(t, "sha256sum")
	eight := func(n byte) string { return string([]byte{n, 0, 0, 0, 0, 0, 0, 0}) }
	modules := eight(2) + eight(3) + "(a)" + eight(0)
	for _, tt := range []struct {
		o    compile.Options
		want string
	}{
		{compile.Options{Libsepol: 4, Version: 33, DisableDontAudit: true}, eight(1) + modules},
		{
			compile.Options{Libsepol: 7, Version: 33, DisableDontAudit: true},
			eight(2) + "\x01\x00" + eight(0) + eight(33) + modules,
		},
		{
			compile.Options{Libsepol: 9, Version: 35, PreserveTunables: true},
			eight(2) + "\x00\x01" + eight(0) + eight(35) + modules,
		},
	} {
		c := newChecksum(2, tt.o)
		c.module([]byte("(a)"))
		c.module(nil)
		got := string(c.file())
		cmd := exec.Command("sha256sum")
		cmd.Stdin = strings.NewReader(tt.want)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := "sha256:" + strings.Fields(string(out))[0] + "\x00"; got != want {
			t.Errorf("%+v: %q, want %q", tt.o, got, want)
		}
	}
}
