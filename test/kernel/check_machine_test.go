package kernel

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A checkedSystem is a system with the daemons under Debian's policy: as a tree of files, which senet
// check reads, and as what a machine boots with.
type checkedSystem struct {
	root  string
	files Files
	table *fcontext.Table
	p     *policy.Policy
}

// newCheckedSystem makes it of Debian's packages and a copy of this machine's store.
func newCheckedSystem(t *testing.T) *checkedSystem {
	t.Helper()
	s := &checkedSystem{root: t.TempDir(), files: Files{
		"/etc/passwd": {0o644, []byte("root:x:0:0:root:/root:/bin/sh\n" +
			"sshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n")},
		"/etc/group": {0o644, []byte("root:x:0:\nnogroup:x:65534:\n")},
		"/etc/hosts": {0o644, []byte("127.0.0.1 localhost\n")}, "/etc/resolv.conf": {0o644, nil},
		"/etc/nsswitch.conf": {0o644, []byte("passwd: files\ngroup: files\nhosts: files\n")},
	}}
	check := func(err error) {
		t.Helper()
		if errors.Is(err, ErrUnavailable) {
			testenv.Missing(t, err.Error())
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"/root", "/run", "/run/sshd", "/run/redis", "/run/haproxy", "/var/log/nginx",
		"/var/lib/nginx", "/var/lib/redis", "/var/log/redis", "/usr/share/nginx"} {
		s.files[dir+"/.keep"] = File{0o600, nil}
	}
	for _, d := range checkedDaemons() {
		tree, err := packageTree(t.Context(), "package-"+d.name, []string{d.program}, d.packages)
		check(err)
		check(s.files.AddProgram(d.program, tree, "/"))
		check(copyMissing(s.root, tree))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	check(err)
	der, err := x509.MarshalECPrivateKey(key)
	check(err)
	s.files["/etc/ssh/ssh_host_ecdsa_key"] = File{0o600, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY",
		Bytes: der})}
	for _, dir := range []string{"/etc/selinux/default", "/var/lib/selinux/default"} {
		check(os.CopyFS(filepath.Join(s.root, dir), os.DirFS(dir)))
	}
	var modules []string
	for name, file := range map[string]string{"haproxy.cil": "testdata/haproxy/debian.cil",
		"tested.cil": "testdata/check/daemons.cil"} {
		to := filepath.Join(t.TempDir(), name)
		check(copyFile(to, file))
		modules = append(modules, to)
	}
	check(semodule(t.Context(), s.root, "default", modules...))
	root, err := host.OpenRoot(s.root)
	check(err)
	s.table, err = fcontext.Load(root, "default")
	check(err)
	db, err := policyfile.Open(filepath.Join(s.root, "etc/selinux/default/policy/policy.33"))
	check(err)
	s.p = policy.New(db)
	return s
}

// copyMissing copies the files of a tree that another does not have.
func copyMissing(to, tree string) error {
	return filepath.WalkDir(tree, func(file string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.Join(to, file[len(tree):])
		switch {
		case d.IsDir():
			return os.MkdirAll(name, 0o755)
		case d.Type()&os.ModeSymlink != 0:
			link, err := os.Readlink(file)
			if err != nil {
				return err
			}
			if err := os.Symlink(link, name); err != nil && !errors.Is(err, os.ErrExist) {
				return err
			}
			return nil
		}
		if _, err := os.Lstat(name); err == nil {
			return nil
		}
		return copyFile(name, file)
	})
}

// label returns the label that the policy has for a file.
func (s *checkedSystem) label(name string, kind byte) string {
	m, err := s.table.Lookup(name, kind)
	if err != nil || m.Context == fcontext.None {
		return "system_u:object_r:root_t:s0"
	}
	return m.Context
}

// boot starts a machine with the system, enforcing.
func (s *checkedSystem) boot(t *testing.T, v Version) *VM {
	t.Helper()
	vm, err := BootWith(t.Context(), v, s.files)
	if errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	if err := vm.Load(s.p); err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"/dev/null": "", "/dev/urandom": "", "/dev/random": "", "/dev/zero": ""}
	for name := range labels {
		labels[name] = s.label(name, 'c')
	}
	for name := range s.files {
		labels[name] = s.label(name, '-')
		for dir := path.Dir(name); labels[dir] == ""; dir = path.Dir(dir) {
			labels[dir] = s.label(dir, 'd')
		}
	}
	var list []wire.Label
	for name, label := range labels {
		list = append(list, wire.Label{Path: name, Context: label})
	}
	slices.SortFunc(list, func(a, b wire.Label) int { return len(a.Path) - len(b.Path) })
	if _, err := vm.system(wire.System{Labels: list, Enforce: "on"}); err != nil {
		t.Fatal(err)
	}
	return vm
}
