package shell

import (
	"context"
	"os/exec"
	"testing"
	"time"
)

func TestQuote(t *testing.T) {
	for _, c := range []struct{ word, quoted string }{
		{"httpd_t", "httpd_t"},
		{"system_u:system_r:httpd_t:s0-s0:c0.c1023", "system_u:system_r:httpd_t:s0-s0:c0.c1023"},
		{"tcp/5601", "tcp/5601"},
		{"name=on", "name=on"},
		{"=ls", "'=ls'"}, // a path in zsh
		{"", "''"},       // no word would be one less
		{"a b", "'a b'"},
		{"$(id)", "'$(id)'"},
		{"tcp_socket;id", "'tcp_socket;id'"},
		{"it's", `'it'\''s'`},
		{"~root", "'~root'"},
		{"{a,b}", "'{a,b}'"},
		{"[::1]:80", "'[::1]:80'"}, // a pattern
		{"#x", "'#x'"},
		{"!1", "'!1'"}, // history
		{"grün", "'grün'"},
	} {
		if got, ok := Quote(c.word); !ok || got != c.quoted {
			t.Errorf("%q is quoted as %s, want %s", c.word, got, c.quoted)
		}
	}
	for _, word := range []string{"a\nb", "\x1b[2J", "a\tb", "\x7f", "\u202e", "\u009b", "\xff", "\u2028", "\u200b",
		"\u3164", "a\x00b", "\u00a0"} {
		if got, ok := Quote(word); ok {
			t.Errorf("%q is quoted as %s", word, got)
		}
	}
}

func TestCommand(t *testing.T) {
	flags := Command{}.Option("--policy", "a b").Flag("--strict")
	for _, c := range []struct {
		command Command
		line    string
	}{
		{Command{}, ""},
		{New("senet", "can").Arg("httpd_t", "connect", "tcp/80").With(flags),
			"senet can httpd_t connect tcp/80 --policy 'a b' --strict"},
		{New("senet", "search", "-A").Option("-s", "httpd_t").Arg("policy.33"), "senet search -A -s httpd_t policy.33"},
		// An argument that looks like a flag comes behind --, a value in the flag's word.
		{New("senet", "can").Arg("-x", "connect", "tcp/80").With(flags),
			"senet can --policy 'a b' --strict -- -x connect tcp/80"},
		{New("senet", "why").Arg("-").Flag("--all"), "senet why - --all"},
		{New("senet", "port").Option("-t", "-x").Option("--range", "--y"), "senet port -t-x --range=--y"},
		// What cannot be shown is not offered.
		{New("senet", "can").Arg("a\nb"), ""},
		{New("senet", "can").Arg("a").Option("--policy", "\x1b"), ""},
	} {
		if got := c.command.String(); got != c.line {
			t.Errorf("%q, want %q", got, c.line)
		}
	}
	// A command that was added to is as it was.
	base := New("senet", "fix").Arg("a")
	_, second := base.Flag("--x"), base.Flag("--y")
	if got := base.String() + "; " + second.String(); got != "senet fix a; senet fix a --y" {
		t.Error(got)
	}
}

// TestWithout: flags go with their values; arguments that look the same stay.
func TestWithout(t *testing.T) {
	c := New("senet", "fix").Arg("--root").Option("--root", "/mnt").Option("-t", "--root").Option("--root", "-x").
		Flag("--noreload").Arg("a").Flag("--root").Arg("b").Option("--store", "s")
	want := "senet fix -t--root -- --root a b"
	if got := c.Without("--root", "--store", "--noreload").String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := New("senet", "undo").Flag("7").Option("--root", "/mnt").Without("--store").String(); got !=
		"senet undo 7 --root /mnt" {
		t.Errorf("%q", got)
	}
}

// FuzzQuote gives the quoted words to a shell, which must read the same words.
func FuzzQuote(f *testing.F) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("no sh")
	}
	for _, s := range []string{"a", "", "a b", "$(id)", "it's", "a'b\"c`d\\", "-n", "--", "~", "*", "é", "{a,b}", "&&",
		"#", "!!", "a\nb", "\xff", "=x", "%s", "%%", "[a]"} {
		f.Add(s, "x"+s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		line, ok := Join([]string{"set", "--", a, b})
		if !ok {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, sh, "-c", line+`; printf '%s\n' "$@"`).CombinedOutput()
		if err != nil || string(out) != a+"\n"+b+"\n" {
			t.Fatalf("%s gives %q, %v", line, out, err)
		}
	})
}
