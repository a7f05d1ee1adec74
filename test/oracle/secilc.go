package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A Secilc is the secilc of another release of Debian than the one of this
// machine, unpacked beside it with its own libsepol and C library, or one that was
// built of its sources.
type Secilc struct {
	Version string // the version of its libsepol, such as 3.8.1
	dir     string
	program string // if it was built
}

// Command returns the command that runs it.
func (s *Secilc) Command(args ...string) *exec.Cmd {
	if s.program != "" {
		return exec.Command(s.program, args...)
	}
	return s.unpacked("usr/bin/secilc", args...)
}

// Files lists the files that its answers come from: the program and its libraries.
func (s *Secilc) Files() ([]string, error) {
	if s.program != "" {
		return []string{s.program}, nil
	}
	libraries, err := filepath.Glob(filepath.Join(s.libraries(), "*.so*"))
	return append(libraries, filepath.Join(s.dir, "usr/bin/secilc")), err
}

func (s *Secilc) libraries() string { return filepath.Join(s.dir, "usr/lib/x86_64-linux-gnu") }

// Package returns the command of the same suite that makes CIL of a package on its
// standard input.
func (s *Secilc) Package() *exec.Cmd { return s.unpacked("usr/libexec/selinux/hll/pp") }

// unpacked returns a command for a program that was unpacked.
func (s *Secilc) unpacked(program string, args ...string) *exec.Cmd {
	lib := s.libraries()
	all := append([]string{"--library-path", lib, filepath.Join(s.dir, program)}, args...)
	return exec.Command(filepath.Join(lib, "ld-linux-x86-64.so.2"), all...)
}

// NeedSecilc returns the secilc of a suite of Debian, which "make setup" does not install. Where it
// cannot be had the test is skipped, or failed under CI=true.
func NeedSecilc(t testing.TB, suite string) *Secilc {
	t.Helper()
	s, err := FetchSecilc(suite)
	if err != nil {
		testenv.Missing(t, fmt.Sprintf("secilc of Debian %s: %v", suite, err))
	}
	return s
}

// fetched holds what came of each suite, so that a process asks the archive once.
var fetched struct {
	sync.Mutex
	suites map[string]func() (*Secilc, error)
}

// FetchSecilc returns the secilc of a suite of Debian. apt downloads it, by
// lists of its own beside those of this machine, and checks it against the
// signatures of the archive. What was unpacked is kept in the cache directory.
func FetchSecilc(suite string) (*Secilc, error) {
	fetched.Lock()
	once, ok := fetched.suites[suite]
	if !ok {
		once = sync.OnceValues(func() (*Secilc, error) { return fetchSecilc(suite) })
		if fetched.suites == nil {
			fetched.suites = make(map[string]func() (*Secilc, error))
		}
		fetched.suites[suite] = once
	}
	fetched.Unlock()
	return once()
}

func fetchSecilc(suite string) (*Secilc, error) {
	dir, version, err := fetchSuite("sepol", suite, "secilc", "policycoreutils", "libsepol2", "libc6")
	return &Secilc{Version: version, dir: dir}, err
}

// fetchSuite returns a directory with the files of packages of a suite of Debian, and the
// version of libsepol, which is one of them. It is kept in the cache directory, below kind.
func fetchSuite(kind, suite string, packages ...string) (dir, version string, err error) {
	cache, err := testenv.CacheDir(kind)
	if err != nil {
		return "", "", err
	}
	dir = filepath.Join(cache, suite)
	if text, err := os.ReadFile(filepath.Join(dir, "version")); err == nil {
		return dir, string(text), nil
	}
	tmp, err := os.MkdirTemp(cache, suite+"-")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(tmp)
	root, err := unpackSuite(tmp, suite, packages)
	if err != nil {
		return "", "", err
	}
	text, err := os.ReadFile(filepath.Join(root, "version"))
	if err != nil {
		return "", "", err
	}
	if err := os.Rename(root, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return "", "", err
	}
	return dir, string(text), nil
}

// fetchTime is the time limit for fetching the packages of one suite.
const fetchTime = 3 * time.Minute

// unpackSuite fetches packages and unpacks them into a directory below tmp.
func unpackSuite(tmp, suite string, packages []string) (root string, err error) {
	for _, name := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(name); err != nil {
			return "", err
		}
	}
	uri, err := debianArchive()
	if err != nil {
		return "", err
	}
	for _, dir := range []string{"lists/partial", "cache/archives/partial", "root"} {
		if err := os.MkdirAll(filepath.Join(tmp, dir), 0o755); err != nil {
			return "", err
		}
	}
	list := filepath.Join(tmp, "sources.list")
	if err := os.WriteFile(list, []byte("deb [arch=amd64] "+uri+" "+suite+" main\n"), 0o644); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
	defer cancel()
	apt := func(args ...string) error {
		options := []string{
			"-q", "-o", "Dir::Etc::SourceList=" + list, "-o", "Dir::Etc::SourceParts=-",
			"-o", "Dir::State::Lists=" + tmp + "/lists", "-o", "Dir::Cache=" + tmp + "/cache",
			"-o", "APT::Sandbox::User=", "-o", "Acquire::Retries=2", "-o", "Acquire::Languages=none",
		}
		cmd := exec.CommandContext(ctx, "apt-get", append(options, args...)...)
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w: %s", args[0], err, out)
		}
		return nil
	}
	if err := apt("update"); err != nil {
		return "", err
	}
	if err := apt(append([]string{"download"}, packages...)...); err != nil {
		return "", err
	}
	root = filepath.Join(tmp, "root")
	debs, err := filepath.Glob(filepath.Join(tmp, "*.deb"))
	if err != nil {
		return "", err
	}
	for _, deb := range debs {
		if out, err := exec.Command("dpkg-deb", "-x", deb, root).CombinedOutput(); err != nil {
			return "", fmt.Errorf("dpkg-deb: %w: %s", err, out)
		}
		if name, rest, _ := strings.Cut(filepath.Base(deb), "_"); name == "libsepol2" {
			version, _, _ := strings.Cut(rest, "-")
			if err := os.WriteFile(filepath.Join(root, "version"), []byte(version), 0o644); err != nil {
				return "", err
			}
		}
	}
	return root, nil
}

// debianArchive returns where this machine has Debian's packages from.
func debianArchive() (string, error) {
	out, err := exec.Command("apt-get", "indextargets", "--format", "$(REPO_URI)",
		"Created-By: Packages", "Label: Debian", "Architecture: amd64").Output()
	if err != nil {
		return "", fmt.Errorf("apt-get indextargets: %w", err)
	}
	uri, _, _ := strings.Cut(string(out), "\n")
	if uri == "" {
		return "", errors.New("apt has no lists of Debian for amd64")
	}
	return uri, nil
}
