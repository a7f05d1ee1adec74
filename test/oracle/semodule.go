package oracle

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A Semodule is the semodule of another release of Debian than the one of this machine, with
// the programs that it runs, unpacked beside it with their libraries.
type Semodule struct {
	Version string // the version of its libsepol, such as 3.8.1
	dir     string
}

// NeedSemodule returns the semodule of a suite of Debian. Where it cannot be had the test is
// skipped, or failed under CI=true.
func NeedSemodule(t testing.TB, suite string) *Semodule {
	t.Helper()
	dir, version, err := fetchSuite("semodule", suite, "policycoreutils", "selinux-utils", "libsemanage2", "libsepol2",
		"libselinux1", "libaudit1", "libcap-ng0", "libbz2-1.0", "libpcre2-8-0", "libc6")
	if err != nil {
		testenv.Missing(t, fmt.Sprintf("semodule of Debian %s: %v", suite, err))
	}
	return &Semodule{Version: version, dir: dir}
}

// Dir returns the directory that has the files of the packages.
func (s *Semodule) Dir() string { return s.dir }

// Program returns the path of a script that runs one of the programs with its libraries: "semodule",
// "setfiles", "sefcontext_compile", "pp" or "matchpathcon".
func (s *Semodule) Program(t testing.TB, name string) string {
	t.Helper()
	var program string
	for _, dir := range []string{"usr/sbin", "sbin", "usr/libexec/selinux/hll"} {
		if file := filepath.Join(s.dir, dir, name); program == "" && exists(file) {
			program = file
		}
	}
	if program == "" {
		t.Fatalf("the packages have no %s", name)
	}
	libraries := filepath.Join(s.dir, "usr/lib/x86_64-linux-gnu")
	if _, err := os.Lstat(filepath.Join(s.dir, "lib")); err == nil {
		libraries += ":" + filepath.Join(s.dir, "lib/x86_64-linux-gnu")
	}
	loader := filepath.Join(s.dir, "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
	text := fmt.Sprintf("#!/bin/sh\nexec %s --library-path %s %s \"$@\"\n", loader, libraries, program)
	script := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return script
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Command returns a command of semodule.
func (s *Semodule) Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	return exec.Command(s.Program(t, "semodule"), args...)
}

// Config returns the lines of semanage.conf that make libsemanage run the programs of its release.
func (s *Semodule) Config(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "compiler-directory = %s\n", filepath.Dir(s.Program(t, "pp")))
	fmt.Fprintf(&b, "[setfiles]\npath = %s\nargs = -q -c $@ $<\n[end]\n", s.Program(t, "setfiles"))
	fmt.Fprintf(&b, "[sefcontext_compile]\npath = %s\nargs = $@\n[end]\n", s.Program(t, "sefcontext_compile"))
	return b.String()
}
