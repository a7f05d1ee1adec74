package host

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
)

// tree returns a directory with files as the tree of a system.
func tree(t testing.TB, files map[string]string) Root {
	t.Helper()
	root, err := OpenRoot(testenv.Tree(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Symbolic links in the tree lead where they would on that system, never out of the tree.
func TestRootResolve(t *testing.T) {
	r := tree(t, map[string]string{
		"usr/lib/x":   "content",
		"lib":         "-> usr/lib",
		"abs":         "-> /usr/lib/x",
		"up":          "-> ../../../../usr/lib/x",
		"deep/a":      "-> ../lib/./x",
		"loop1":       "-> loop2",
		"loop2":       "-> loop1",
		"null":        "-> /dev/null",
		"outside":     "-> /proc/self/status",
		"dots/..name": "content",
	})
	for _, tt := range []struct {
		name, want string
		err        error
	}{
		{"/usr/lib/x", "/usr/lib/x", nil},
		{"usr//lib/../lib/x", "/usr/lib/x", nil},
		{"/lib/x", "/usr/lib/x", nil},
		{"/abs", "/usr/lib/x", nil},
		{"/up", "/usr/lib/x", nil},
		{"/deep/a", "/usr/lib/x", nil},
		{"/../../lib/x", "/usr/lib/x", nil},
		{"/dots/..name", "/dots/..name", nil},
		{"/loop1", "", syscall.ELOOP},
		{"/null", "/dev/null", fs.ErrNotExist},
		{"/outside", "/proc/self/status", fs.ErrNotExist},
		{"/usr/lib/x/y", "", syscall.ENOTDIR},
	} {
		got, err := r.Resolve(tt.name)
		if !errors.Is(err, tt.err) || tt.want != "" && got != tt.want {
			t.Errorf("Resolve(%s) = %s, %v; want %s, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
	if b, err := r.ReadFile("/abs", 100); err != nil || string(b) != "content" {
		t.Errorf("ReadFile through a link: %q, %v", b, err)
	}
	if b, err := r.ReadFile("/outside", 1<<20); err == nil {
		t.Errorf("a link out of the tree was read: %q", b)
	}
	if _, err := r.ReadFile("/abs", 3); !errors.Is(err, sysroot.ErrTooLarge) {
		t.Errorf("7 bytes with a limit of 3: %v", err)
	}
	if err := syscall.Mkfifo(filepath.Join(r.Dir(), "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadFile("/fifo", 10); err == nil {
		t.Error("a FIFO was read")
	}
	if _, err := OpenRoot(filepath.Join(r.Dir(), "usr/lib/x")); err == nil {
		t.Error("a file is the root of a system")
	}
}

// A system that is not running: everything comes from its files, by systemd's precedence. The running machine is
// not read.
func TestReadRoot(t *testing.T) {
	r := tree(t, map[string]string{
		"etc/selinux/config":               "# comment\nSELINUX=Enforcing\nSELINUXTYPE=mls \n",
		"usr/lib/systemd/systemd-sysctl":   "",
		"usr/lib/sysctl.d/50-default.conf": "net.ipv4.ip_local_port_range = 1000 2000\nnet.ipv4.tcp_fastopen=3\n",
		"usr/lib/sysctl.d/60-hidden.conf":  "net.ipv4.ip_local_port_range = 3000 4000\n",
		"etc/sysctl.d/60-hidden.conf":      "-> /dev/null",
		"etc/sysctl.d/40-first.conf": "net/ipv4/ip_unprivileged_port_start = " +
			"80\nnet.ipv4.ip_local_port_range = 1 2",
		"etc/sysctl.d/99-link.conf":         "-> ../sysctl.conf",
		"etc/sysctl.conf":                   "net.mptcp.enabled = 0\n",
		"etc/sysctl.d/not-read.txt":         "net.ipv4.ip_local_port_range = 5 6\n",
		"lib/modules/6.1.9-amd64/x":         "",
		"lib/modules/6.12.97+deb13-amd64/x": "",
		"lib/modules/extra/x":               "",
		"etc/nftables.conf":                 "include \"/etc/nft.d/*.nft\"\n",
		"etc/nft.d/a.nft": "table inet x {\n secmark sshtag { " +
			"\"system_u:object_r:ssh_server_packet_t:s0\" }\n}\n",
		"etc/netlabel.rules": "# rules\nunlbl add interface:lo address:127.0.0.1 " +
			"label:system_u:object_r:x_t:s0\nunlbl accept off\ncipsov4 add pass doi:16 tags:1\n",
		"etc/ipsec.d/a.conf": "conn a\n  policy-label=\"system_u:object_r:ipsec_spd_t:s0\"\n  " +
			"left=1.2.3.4\n",
		"proc/sys/net/ipv4/ip_nonlocal_bind": "1", // from a container's image, which is not running, so it is not read
	})
	f, err := Read(Options{Root: r})
	if err != nil {
		t.Fatal(err)
	}
	if !f.Enforcing || f.SELinux.Config.Type != "mls" || !f.SELinux.Enabled {
		t.Errorf("SELinux %+v, enforcing %v", f.SELinux, f.Enforcing)
	}
	if f.LocalPorts != (PortRange{1000, 2000}) || f.UnprivilegedPortStart != 80 {
		t.Errorf("ports %v, %d", f.LocalPorts, f.UnprivilegedPortStart)
	}
	if f.Kernel == nil || f.Kernel.Release != "6.12.97+deb13-amd64" || f.Kernel.FastOpenCheck != Yes {
		t.Errorf("kernel %+v", f.Kernel)
	}
	if !f.Secmark || len(f.SecmarkRules) != 1 ||
		f.SecmarkRules[0].Context != "system_u:object_r:ssh_server_packet_t:s0" ||
		f.SecmarkRules[0].From != "/etc/nft.d/a.nft" {
		t.Errorf("secmark %+v", f.SecmarkRules)
	}
	if !f.PeerLabelling || len(f.NetLabel.Static) != 1 || len(f.NetLabel.CIPSO) != 1 || f.NetLabel.CIPSO[0] != 16 ||
		f.NetLabel.AcceptUnlabelled || len(f.IPsec) != 1 {
		t.Errorf("netlabel %+v, ipsec %+v", f.NetLabel, f.IPsec)
	}
	want := []Sysctl{
		{"net.ipv4.ip_local_port_range", "1000 2000", "/usr/lib/sysctl.d/50-default.conf"},
		{"net.ipv4.ip_unprivileged_port_start", "80", "/etc/sysctl.d/40-first.conf"},
		{"net.ipv4.tcp_fastopen", "3", "/usr/lib/sysctl.d/50-default.conf"},
		{"net.mptcp.enabled", "0", "/etc/sysctl.d/99-link.conf"},
	}
	if !slices.Equal(f.Sysctls, want) {
		t.Errorf("sysctls %+v", f.Sysctls)
	}
	for fact, how := range map[Fact]How{
		FactSELinux: HowConfigured, FactKernel: HowConfigured, FactFastOpen: HowDerived, FactDCCP: HowUnreadable,
		FactLocalPorts: HowConfigured, FactSecmark: HowConfigured, FactInterfaces: HowDefault,
	} {
		if o, _ := f.Origin(fact); o.How != how {
			t.Errorf("%s: %+v, want %s", fact, o, how)
		}
	}
}

// An empty directory is a system without SELinux and with the kernel's defaults.
func TestReadEmptyRoot(t *testing.T) {
	f, err := Read(Options{Root: tree(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if !f.SELinuxOff() || f.Enforcing || f.LocalPorts != Standard().LocalPorts || f.Secmark || f.PeerLabelling {
		t.Errorf("facts %+v", f)
	}
	if u, ok := f.Missing(FactKernel); !ok || u.Code != "SN-A-KERNEL" {
		t.Errorf("kernel of an empty directory: %+v", u)
	}
}

// Without systemd, procps applies /etc/sysctl.conf last.
func TestSysctlConfWithoutSystemd(t *testing.T) {
	r := tree(t, map[string]string{
		"etc/sysctl.d/99-z.conf": "net.ipv4.ip_local_port_range = 1000 2000\n",
		"etc/sysctl.conf":        "net.ipv4.ip_local_port_range = 3000 4000\n",
	})
	f, err := Read(Options{Root: r})
	if err != nil || f.LocalPorts != (PortRange{3000, 4000}) {
		t.Errorf("%v, %v", f.LocalPorts, err)
	}
}
