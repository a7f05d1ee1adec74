package cli

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/test/stores"
)

// imageFiles are a small system with a policy store.
func imageFiles() map[string]string {
	const active = "var/lib/selinux/targeted/active/"
	return map[string]string{
		"etc/selinux/config":                                "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"etc/selinux/semanage.conf":                         "module-store = direct\n",
		"etc/selinux/targeted/policy/policy.33":             examples.Policy(),
		"etc/selinux/targeted/contexts/files/file_contexts": "/usr/sbin/haproxy\t--\tsystem_u:object_r:haproxy_exec_t:s0\n",
		"usr/sbin/haproxy":                                  "program",
		"var/log/audit/audit.log": "type=AVC msg=audit(1700000000.1:1): avc:  denied  { " +
			"name_connect } for  pid=1 comm=\"haproxy\" dest=5601 scontext=system_u:system_r:haproxy_t:s0 " +
			"tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0\n",
		"var/lib/selinux/targeted/semanage.trans.LOCK": "",
		"var/lib/selinux/targeted/semanage.read.LOCK":  "",
		active + "policy.linked":                       examples.Policy(),
		active + "policy.kern":                         examples.Policy(),
		active + "file_contexts":                       "",
		active + "seusers":                             "",
		active + "seusers.linked":                      "",
		active + "users_extra.linked":                  "",
		active + "commit_num":                          "7",
		active + "ports.local":                         "portcon tcp 5999 system_u:object_r:http_port_t:s0\n",
		active + "modules/100/base/cil":                "(base)",
		"etc/selinux/targeted/booleans.subs_dist":      "a b\n",
		"usr/lib/systemd/system/haproxy.service":       "[Service]\nExecStart=/usr/sbin/haproxy\n",
		"etc/sysctl.d/a.conf":                          "net.ipv4.ip_local_port_range = 1000 2000\n",
	}
}

// madeFiles are names that senet or libsemanage makes in a store.
var madeFiles = []string{
	"var/lib/selinux/targeted/tmp", "var/lib/selinux/targeted/previous", "var/lib/selinux/final/targeted",
	"var/lib/selinux/targeted/senet.journal", "var/lib/selinux/targeted/senet.undo",
	"var/lib/selinux/targeted/senet.history",
	"var/lib/selinux/targeted/senet.LOCK", "var/lib/selinux/targeted/senet.fix.journal",
	"var/lib/selinux/targeted/senet.fix.undo",
	"etc/selinux/targeted/policy/policy.33.tmp", "etc/selinux/targeted/policy/policy.34",
	"var/lib/selinux/targeted/active/booleans.local", "var/lib/selinux/targeted/active/users.local",
}

// An attack puts something in the place of a file of the image.
type attack struct {
	name string
	put  func(path, victim string) error
}

func attacks() []attack {
	linkTo := func(target func(path, victim string) string) func(path, victim string) error {
		return func(path, victim string) error { return os.Symlink(target(path, victim), path) }
	}
	return []attack{
		{"a link to a directory", linkTo(func(_, victim string) string { return victim + "/dir" })},
		{"a link to a file", linkTo(func(_, victim string) string { return victim + "/file" })},
		{"a link to nothing", linkTo(func(_, victim string) string { return victim + "/new" })},
		{"a link by dots", linkTo(func(path, victim string) string {
			return strings.Repeat("../", 40) + strings.TrimPrefix(victim, "/") + "/dir"
		})},
		{"a loop", linkTo(func(path, _ string) string { return filepath.Base(path) })},
		{"a FIFO", func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }},
		{"a socket", func(path, _ string) error {
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
			if err != nil {
				return err
			}
			l.SetUnlinkOnClose(false)
			return l.Close()
		}},
		{"a directory", func(path, _ string) error { return os.MkdirAll(path+"/x", 0o755) }},
		{"a sparse file", func(path, _ string) error {
			f, err := os.Create(path)
			if err != nil {
				return err
			}
			defer f.Close()
			return f.Truncate(1 << 40)
		}},
		{"a device", func(path, _ string) error { return syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|5) }}, // zero
	}
}

// lookCommands only look; changeCommands change the store.
var (
	lookCommands = [][]string{
		{"port", "list"}, {"bool", "list"}, {"port", "add", "-t", "http_port_t", "tcp/5601", "--dry-run"},
		{"bool", "httpd_can_network_connect=on", "--dry-run"}, {"plan", "PLAN"}, {"plan", "--export"},
		{"apply", "PLAN", "--dry-run"},
		{"can", "haproxy_t", "connect", "tcp/5601"}, {"can", "unit:haproxy.service", "connect", "tcp/5601"},
		{"can", "exe:/usr/sbin/haproxy", "connect", "tcp/80"}, {"who", "connect", "tcp/5601"}, {"ports", "haproxy_t"},
		{"fix", "haproxy_t", "connect", "tcp/5601"}, {"why"}, {"host"}, {"log"}, {"store", "check"},
	}
	changeCommands = [][]string{
		{"port", "add", "-t", "http_port_t", "tcp/5601", "--yes"}, {"apply", "PLAN", "--yes"},
		{"fix", "haproxy_t", "connect", "tcp/5601", "--apply", "1", "--yes"}, {"undo", "--yes"},
	}
)

// TestCraftedImages puts links and special files in the place of every file and
// directory of an image: no command reads, changes or waits for anything outside of
// it, and those that only look leave the image as it is.
func TestCraftedImages(t *testing.T) {
	files := imageFiles()
	targets := slices.Clone(madeFiles)
	for name := range files {
		for ; name != "."; name = filepath.Dir(name) {
			if !slices.Contains(targets, name) {
				targets = append(targets, name)
			}
		}
	}
	slices.Sort(targets)
	stride := 59
	if os.Getenv("SENET_TEST_LONG") == "1" {
		stride = 1
	} else if testing.Short() {
		stride = 83
	}
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(plan, []byte("ports:\n  - {type: http_port_t, proto: tcp, port: 5601}\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	n, ran := 0, 0
	for _, target := range targets {
		for _, a := range attacks() {
			for i, command := range append(slices.Clone(lookCommands), changeCommands...) {
				if n++; n%stride != 0 {
					continue
				}
				ran++
				image := newImage(t, files)
				attackWith(t, a, filepath.Join(image, "root", target), filepath.Join(image, "victim"))
				before, whole := stateOf(t, image+"/victim"), stateOf(t, image+"/root")
				where := fmt.Sprintf("%s in the place of %s: senet %s", a.name, target, strings.Join(command, " "))
				said := runImage(t, where, slices.Concat(command, []string{"--root", image + "/root"}), plan)
				if now := stateOf(t, image+"/victim"); now != before {
					t.Fatalf("%s changed what is outside:\n%s\nwas\n%s\n%s", where, now, before, said)
				}
				if strings.Contains(said, "SECRET") {
					t.Fatalf("%s read what is outside:\n%s", where, said)
				}
				if now := stateOf(t, image+"/root"); i < len(lookCommands) && now != whole {
					t.Fatalf("%s changed the image:\n%s\nwas\n%s\n%s", where, now, whole, said)
				}
				if err := os.RemoveAll(image); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	t.Logf("%d of %d", ran, n)
}

// TestStoreRootOutside: store-root of an image cannot leave it.
func TestStoreRootOutside(t *testing.T) {
	for _, command := range append(slices.Clone(lookCommands), changeCommands...) {
		image := newImage(t, imageFiles())
		conf := "store-root = ../../victim\n"
		if err := os.WriteFile(image+"/root/etc/selinux/semanage.conf", []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(image+"/victim/targeted", os.DirFS(image+"/root/var/lib/selinux/targeted")); err != nil {
			t.Fatal(err)
		}
		before := stateOf(t, image+"/victim")
		said := runImage(t, "", slices.Concat(command, []string{"--root", image + "/root"}), "/dev/null")
		if now := stateOf(t, image+"/victim"); now != before {
			t.Errorf("senet %s changed what is outside:\n%s\nwas\n%s\n%s", strings.Join(command, " "), now, before,
				said)
		}
	}
}

// newImage makes a directory with an image and a victim.
func newImage(t *testing.T, files map[string]string) string {
	t.Helper()
	image := stores.Dir(t) // thousands of small files take a twentieth of the time in memory
	all := map[string]string{"victim/file": "SECRET\n", "victim/dir/file": "SECRET\n",
		"victim/dir/policy.kern": "SECRET\n",
		"victim/dir/policy.33":   "SECRET\n", "victim/dir/targeted/active/ports.local": "SECRET\n",
		"victim/dir/audit.log": "SECRET\n"}
	for name, text := range files {
		all["root/"+name] = text
	}
	for name, text := range all {
		path := filepath.Join(image, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return image
}

func attackWith(t *testing.T, a attack, path, victim string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	err := a.put(path, victim)
	if err != nil && a.name == "a device" && os.Getuid() != 0 {
		t.Skip("making a device takes root")
	}
	if err != nil {
		t.Fatal(a.name, ": ", err)
	}
}

// runImage runs a command, and fails the test where it waits for somebody.
func runImage(t *testing.T, where string, args []string, plan string) string {
	t.Helper()
	for i := range args {
		if args[i] == "PLAN" {
			args[i] = plan
		}
	}
	var out bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- Main(append([]string{"senet"}, args...), strings.NewReader(""), &out, &out) }()
	select {
	case code := <-done:
		if code == exitInternalBug {
			t.Errorf("senet %s: exit status %d: %s", strings.Join(args, " "), code, out.String())
		}
	case <-time.After(5 * time.Minute):
		t.Fatalf("%s: senet %s does not come back", where, strings.Join(args, " "))
	}
	return out.String()
}

// stateOf describes a tree: names, kinds, contents.
func stateOf(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", strings.TrimPrefix(path, dir), info.Mode())
		switch {
		case info.Mode().IsRegular() && info.Size() < 1<<30:
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %x", sha256.Sum256(text))
		case info.Mode()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(path)
			b.WriteString(" -> " + to)
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
