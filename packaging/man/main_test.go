package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/manpage"
	"github.com/senet-selinux/senet/internal/testenv"
)

var release = manpage.Release{Version: "1.2.3", Date: time.Unix(1700000000, 0)}

// TestPages: each command has a page, groff has nothing to complain about, apropos
// finds a name and a sentence, and each word of the help stands in the page, in order.
func TestPages(t *testing.T) {
	testenv.Need(t, "groff")
	list, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	made := make(map[string]string) // by name, what groff makes of it
	for _, p := range list {
		text := p.Format(release)
		if !regexp.MustCompile(`(?m)^\.SH "NAME"\n\S+ \\- \S.*[^.]$`).MatchString(text) {
			t.Errorf("%s: no name that apropos finds:\n%.300s", p.File(), text)
		}
		made[p.Name] = render(t, p.File(), text)
	}
	for _, cmd := range cli.Tree().Commands() {
		if cmd.Name() == "help" {
			continue
		}
		page, ok := made["senet-"+cmd.Name()]
		if !ok {
			t.Errorf("senet %s has no manual page", cmd.Name())
			continue
		}
		for part := range strings.SplitSeq(cmd.Long+"\n\n"+cmd.Example, "\n\n") {
			part = strings.TrimPrefix(part, "Exit status: ")
			if !strings.Contains(squeezed(page), squeezed(part)) {
				t.Errorf("senet %s: the page lacks what --help says:\n%s", cmd.Name(), part)
			}
		}
		for _, flag := range []string{"--json", "--policy", "--root", "--yes"} {
			f := cmd.Flags().Lookup(strings.TrimPrefix(flag, "--"))
			if f != nil && !f.Hidden && !strings.Contains(page, flag) {
				t.Errorf("senet %s: the page lacks %s", cmd.Name(), flag)
			}
		}
	}
	for page, want := range map[string][]string{
		"senet":        {"COMMANDS", "/etc/selinux/config", "NO_COLOR", "64", "senet.yaml(5)"},
		"senet.yaml":   {"exclusive: [port]", "senet state export"},
		"senet-codes":  {"SN-NO-RULE", "SN-A-CAPABILITY", "SN-E-NO-LISTENER", "EACCES"},
		"senet-compat": {"sesearch", "semodule_unpackage", "PATH=/usr/libexec/senet/compat:$PATH", "register install"},
		// the help of sesearch, which is not of the tree
		"senet-search": {"--allowxperm", "RBAC rule types", "not expanded"},
	} {
		for _, w := range want {
			if !strings.Contains(made[page], w) {
				t.Errorf("%s lacks %q:\n%s", page, w, made[page])
			}
		}
	}
}

// render lays a page out as man does, and fails where groff complains.
func render(t *testing.T, name, text string) string {
	t.Helper()
	cmd := exec.Command("groff", "-man", "-ww", "-Tutf8", "-P-cbou")
	cmd.Stdin = strings.NewReader(text)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Errorf("%s: groff: %v\n%s", name, err, complaints.String())
	}
	return string(out)
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// TestRun: files lie where man looks for them, and two runs write the same bytes.
func TestRun(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := run([]string{dir, "1.2.3", "1700000000"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"man1/senet.1", "man1/senet-can.1", "man5/senet.yaml.5", "man7/senet-codes.7"} {
		one, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		two, err := os.ReadFile(filepath.Join(b, name))
		if err != nil || string(one) != string(two) || !strings.Contains(string(one), `"2023\-11\-14" "senet 1.2.3"`) {
			t.Errorf("%s: %v:\n%.300s", name, err, one)
		}
	}
	if err := run(nil); err == nil {
		t.Error("no arguments are taken")
	}
}
