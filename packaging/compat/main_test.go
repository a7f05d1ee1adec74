package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/personality"
	"github.com/senet-selinux/senet/internal/testenv"
)

// A system is a root directory in which the package's tree lies where the package puts it.
type system struct {
	t    *testing.T
	root string
}

func install(t *testing.T) system {
	t.Helper()
	testenv.Need(t, "update-alternatives")
	made := filepath.Join(t.TempDir(), "compat")
	if err := run([]string{made}); err != nil {
		t.Fatal(err)
	}
	s := system{t, t.TempDir()}
	for _, dir := range []string{"usr/bin", "usr/sbin", "usr/libexec", "etc/alternatives", "var/log",
		"var/lib/dpkg/alternatives"} {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(made, "tree"), s.path("usr/libexec/senet")); err != nil {
		t.Fatal(err)
	}
	s.write("usr/bin/senet", "senet")
	return s
}

func (s system) path(name string) string { return filepath.Join(s.root, name) }

func (s system) write(name, text string) {
	s.t.Helper()
	// As dpkg does: a new file takes the place of what is there.
	if err := os.WriteFile(s.path(name)+".new", []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(s.path(name)+".new", s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

func (s system) link(target, name string) {
	s.t.Helper()
	if err := os.Symlink(target, s.path(name)+".new"); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(s.path(name)+".new", s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

// register runs the script on the system, as a package does.
func (s system) register(verb string) {
	s.t.Helper()
	cmd := exec.Command("sh", s.path("usr/libexec/senet/register"), verb)
	cmd.Env = append(os.Environ(), "DPKG_ROOT="+s.root, "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("register %s: %v\n%s", verb, err, out)
	}
}

// is says what a path is: the target of a link, the text of a file, "" for nothing.
func (s system) is(name string) string {
	s.t.Helper()
	if target, err := os.Readlink(s.path(name)); err == nil {
		return "-> " + target
	}
	text, err := os.ReadFile(s.path(name))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s system) want(name, is string) {
	s.t.Helper()
	if got := s.is(name); got != is {
		s.t.Errorf("/%s is %q, want %q", name, got, is)
	}
}

// TestRegister: where no original is, the link leads to senet, for each program; all is gone
// after the removal.
func TestRegister(t *testing.T) {
	s := install(t)
	s.register("install")
	s.register("install") // an upgrade
	for _, tool := range personality.Tools() {
		s.want(tool.Dir[1:]+"/"+tool.Name, "-> /etc/alternatives/"+tool.Name)
		s.want("etc/alternatives/"+tool.Name, "-> /usr/libexec/senet/compat/"+tool.Name)
		s.want("usr/libexec/senet/compat/"+tool.Name, "-> ../../../bin/senet")
	}
	s.register("remove")
	s.empty()
}

// empty fails if anything of senet's is left but its own directory.
func (s system) empty() {
	s.t.Helper()
	for _, dir := range []string{"usr/bin", "usr/sbin", "etc/alternatives", "var/lib/dpkg/alternatives"} {
		entries, err := os.ReadDir(s.path(dir))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() != "senet" {
				s.t.Errorf("/%s/%s is left", dir, e.Name())
			}
		}
	}
}

// TestRegisterOriginal: an original, be it a file or a link, is as it was whenever it was
// installed, and when it goes the alternative comes back.
func TestRegisterOriginal(t *testing.T) {
	originals := map[string]func(system){
		"usr/bin/sesearch":  func(s system) { s.write("usr/bin/sesearch", "original") },
		"usr/bin/audit2why": func(s system) { s.link("audit2allow", "usr/bin/audit2why") },
	}
	for name, put := range originals {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := install(t)
			put(s)
			as := s.is(name)
			s.register("install")
			s.want(name, as)
			s.want("usr/bin/seinfo", "-> /etc/alternatives/seinfo")
			s.register("remove")
			s.want(name, as)
			if err := os.Remove(s.path(name)); err != nil {
				t.Fatal(err)
			}
			s.empty()

			s.register("install")
			s.want(name, "-> /etc/alternatives/"+filepath.Base(name))
			put(s)
			s.register("install") // the trigger
			s.want(name, as)
			s.want("etc/alternatives/"+filepath.Base(name), "")
			if err := os.Remove(s.path(name)); err != nil {
				t.Fatal(err)
			}
			s.register("install") // the trigger
			s.want(name, "-> /etc/alternatives/"+filepath.Base(name))

			put(s)
			s.register("remove") // before a trigger ran
			s.want(name, as)
			if err := os.Remove(s.path(name)); err != nil {
				t.Fatal(err)
			}
			s.empty()
		})
	}
}

// TestRun: the file for nfpm names the triggers of each program, and each has one link.
func TestRun(t *testing.T) {
	made := filepath.Join(t.TempDir(), "compat")
	if err := run([]string{made}); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(made, "nfpm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	links, err := os.ReadDir(filepath.Join(made, "tree", "compat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range personality.Tools() {
		path := tool.Dir + "/" + tool.Name
		for _, trigger := range []string{path, strings.TrimPrefix(path, "/usr")} {
			if !strings.Contains(string(config), "- "+trigger+"\n") {
				t.Errorf("no trigger for %s", trigger)
			}
		}
	}
	if n := strings.Count(string(config), "      - /usr/"); n != len(links) || n != len(personality.Tools()) {
		t.Errorf("%d triggers, %d links, %d tools", n, len(links), len(personality.Tools()))
	}
	if err := run(nil); err == nil {
		t.Error("no arguments are taken")
	}
	if err := run([]string{made}); err == nil {
		t.Error("what is there is written over")
	}
}
