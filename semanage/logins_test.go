package semanage

import (
	"errors"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policydb"
)

// TestParseLogins: the forms that seuser_parse takes and refuses.
func TestParseLogins(t *testing.T) {
	text := "# c\n\nroot:unconfined_u:s0-s0:c0.c1023\n%domain users : user_u\nann:user_u:s0\n"
	list, err := parseLogins("seusers", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range list {
		got = append(got, l.String())
	}
	if want := "root:unconfined_u:s0-s0:c0.c1023|%domain users:user_u|ann:user_u:s0"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"root", "root:", ":u:s0", "root:u:s0 x y", "a\x00b:u"} {
		if list, err := parseLogins("seusers", []byte(bad)); err == nil {
			t.Errorf("%q is %v", bad, list)
		}
	}
}

// TestParsePrefixes: the forms that user_extra_parse takes and refuses.
func TestParsePrefixes(t *testing.T) {
	list, err := parsePrefixes("users_extra", []byte("user a prefix b;\nuser c\n prefix\n d ;\n"))
	if err != nil || len(list) != 2 || list[0].String() != "user a prefix b;" || list[1] != (userPrefix{"c", "d"}) {
		t.Errorf("%v, %v", list, err)
	}
	for _, bad := range []string{"user a prefix b", "user a;", "prefix b;", "user a prefix ;"} {
		if list, err := parsePrefixes("users_extra", []byte(bad)); err == nil {
			t.Errorf("%q is %v", bad, list)
		}
	}
}

// TestParseFileContexts: the forms that fcontext_parse takes and refuses.
func TestParseFileContexts(t *testing.T) {
	text := "/a u:r:t:s0\n/b -- u:r:t\n/c  -D  <<none>>\n"
	list, err := ParseLocal(FileContexts, "fc", []byte(text))
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	at := func(i int) FileContext { return list[i].(FileContext) }
	if at(0).Files != "" || at(1).Files != "--" || at(2).Files != "-d" || at(2).Context != (Context{}) {
		t.Errorf("%+v", list)
	}
	if got := list[1].String(); got != "/b -- u:r:t" {
		t.Error(got)
	}
	for _, bad := range []string{"/a", "/a --", "/a -x u:r:t", "/a u:r", "/a -- u:r:t junk more"} {
		if list, err := ParseLocal(FileContexts, "fc", []byte(bad)); err == nil {
			t.Errorf("%q is %v", bad, list)
		}
	}
}

// TestCheckLogin: the SELinux user and the range of a login have to be the policy's
// (semanage_seuser_validate_local).
func TestCheckLogin(t *testing.T) {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	p := &policyNames{db: db}
	for l, ok := range map[Login]bool{
		{"a", "system_u", "s0"}:             true,
		{"a", "system_u", ""}:               true,
		{"a", "system_u", "s0-s0:c0.c1023"}: true,
		{"a", "nosuch_u", "s0"}:             false,
		{"a", "system_u", "s9"}:             false,
		// libsemanage asks whether the user has both ends, not whether one dominates the other.
		{"a", "system_u", "s0:c1-s0"}: true,
	} {
		if err := p.checkLogin(l); (err == nil) != ok || err != nil && !errors.Is(err, ErrContext) {
			t.Errorf("%v: %v", l, err)
		}
	}
	for l, ok := range map[Login]bool{
		{"a", "system_u", "s0:c1-s0"}: false,
		{"a", "system_u", "s0-s0:c1"}: true,
		{"a", "system_u", "s9"}:       true, // for checkLogin
		{"a", "system_u", ""}:         true,
	} {
		if err := p.checkForwards(l); (err == nil) != ok || err != nil && !errors.Is(err, ErrContext) {
			t.Errorf("%v: %v", l, err)
		}
	}
}

// FuzzParseLogins reads any text as each of the files that are merged when modules are
// built. What is read and written again is read as the same.
func FuzzParseLogins(f *testing.F) {
	f.Add("root:unconfined_u:s0-s0:c0.c1023\n%domain users:user_u\n")
	f.Add("user a prefix b;\n")
	f.Add("/a -- u:r:t:s0\n/b <<none>>\n")
	f.Fuzz(func(t *testing.T, text string) {
		if list, err := parseLogins("f", []byte(text)); err == nil {
			if again, err := parseLogins("f", formatLines(list)); err != nil || len(again) != len(list) {
				t.Errorf("%v, then %v: %v", list, again, err)
			}
		}
		if list, err := parsePrefixes("f", []byte(text)); err == nil {
			if again, err := parsePrefixes("f", formatLines(list)); err != nil || len(again) != len(list) {
				t.Errorf("%v, then %v: %v", list, again, err)
			}
		}
		if list, err := ParseLocal(FileContexts, "f", []byte(text)); err == nil {
			if again, err := ParseLocal(FileContexts, "f", formatLines(list)); err != nil || len(again) != len(list) {
				t.Errorf("%v, then %v: %v", list, again, err)
			}
		}
	})
}
