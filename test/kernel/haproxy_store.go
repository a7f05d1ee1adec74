package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/senet-selinux/senet/test/stores"
)

// A balancer makes the policy that haproxy runs under.
type balancer struct {
	name  string // of the store, SELINUXTYPE
	store func(ctx context.Context, root string) error
	// labels are the contexts of the machine's files that matter to haproxy, by
	// path.
	labels map[string]string
	slow   bool // semodule takes long where the machine is emulated
}

// exampleBalancer is haproxy under the example policy.
func exampleBalancer() *balancer {
	return &balancer{name: "example", store: exampleStore, labels: map[string]string{
		haproxyProgram: "haproxy_exec_t", "/etc/haproxy/haproxy.cfg": "etc_t", "/etc/passwd": "etc_t",
		"/etc/group":         "etc_t",
		"/etc/nsswitch.conf": "etc_t", "/dev/log": "devlog_t", "/dev/null": "null_device_t",
		libraryDir + "/*": "usr_t", "/lib64/*": "usr_t",
	}}
}

// debianBalancer is haproxy under Debian's policy, with a domain that it lacks.
func debianBalancer() *balancer {
	return &balancer{name: "default", store: debianStore, slow: true, labels: map[string]string{
		haproxyProgram: "haproxy_exec_t", "/etc/haproxy/haproxy.cfg": "etc_t", "/etc/passwd": "etc_t",
		"/etc/group":         "etc_t",
		"/etc/nsswitch.conf": "etc_t", "/dev/log": "devlog_t", "/dev/null": "null_device_t",
		"/dev/urandom": "urandom_device_t",
		"/etc":         "etc_t", "/etc/haproxy": "etc_t", "/lib": "lib_t", libraryDir: "lib_t",
		libraryDir + "/*": "lib_t",
		"/lib64":          "lib_t", "/lib64/*": "ld_so_t", "/usr": "usr_t", "/usr/sbin": "bin_t",
	}}
}

const haproxyProgram = "/usr/sbin/haproxy"

// make makes the store and what belongs to it below root.
func (b *balancer) make(ctx context.Context, root string) error {
	if err := os.MkdirAll(filepath.Join(root, "etc/selinux"), 0o755); err != nil {
		return err
	}
	return b.store(ctx, root)
}

// exampleStore makes, below root, the store of the example policy with the rules that haproxy
// needs.
func exampleStore(ctx context.Context, root string) error {
	categories := filepath.Join(root, "categories.cil")
	if err := os.WriteFile(categories, []byte(stores.Categories()), 0o600); err != nil {
		return err
	}
	defer os.Remove(categories)
	for _, dir := range []string{"etc/selinux/example", "var/lib/selinux/example"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	surroundings := filepath.Join(root, "machine.cil")
	if err := copyFile(surroundings, "testdata/haproxy/example.cil"); err != nil {
		return err
	}
	defer os.Remove(surroundings)
	return semodule(ctx, root, "example", "../../examples/example.cil", categories, surroundings)
}

// debianStore makes, below root, a copy of this machine's store of Debian's
// default policy with a domain for haproxy.
func debianStore(ctx context.Context, root string) error {
	for _, dir := range []string{"/etc/selinux/default", "/var/lib/selinux/default"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(dir)); err != nil {
			return err
		}
	}
	domain := filepath.Join(root, "haproxy.cil")
	if err := copyFile(domain, "testdata/haproxy/debian.cil"); err != nil {
		return err
	}
	defer os.Remove(domain)
	return semodule(ctx, root, "default", domain)
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

// semanageConf is Debian's, which leaves checks out that take most of the time.
const semanageConf = "/etc/selinux/semanage.conf"

// semodule installs modules with the real tool.
func semodule(ctx context.Context, root, store string, modules ...string) error {
	if err := copyFile(filepath.Join(root, semanageConf), semanageConf); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	config := "SELINUX=enforcing\nSELINUXTYPE=" + store + "\n"
	if err := os.WriteFile(filepath.Join(root, "etc/selinux/config"), []byte(config), 0o600); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "semodule", "-p", root, "-s", store, "-N", "-X", "100", "-i")
	cmd.Args = append(cmd.Args, modules...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("semodule: %w: %s", err, out)
	}
	return nil
}
