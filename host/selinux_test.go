package host

import (
	"errors"
	"syscall"
	"testing"
)

// fixture returns a reader of a running system whose files are a fixture. Its kernel has no netlink.
func fixture(t testing.TB, files map[string]string) *reader {
	t.Helper()
	return &reader{
		root: tree(t, files), live: true,
		netlink:    func(netlinkRequest) ([]netlinkMessage, error) { return nil, syscall.EPERM },
		command:    func(string, ...string) ([]byte, error) { return nil, errors.New("is not installed") },
		interfaces: func() ([]Interface, error) { return nil, nil },
		release:    func() (string, error) { return "6.1.0-37-amd64", nil },
		enter:      func(string, func() error) error { return syscall.EPERM },
	}
}

func enforcingHost() map[string]string {
	return map[string]string{
		"proc/self/mounts": "proc /proc proc rw 0 0\nselinuxfs " +
			"/sys/fs/selinux selinuxfs rw 0 0\n",
		"proc/thread-self/ns/net":                                 "-> net:[4026531840]",
		"proc/sys/net/core/netdev_max_backlog":                    "1000\n",
		"proc/sys/net/ipv4/ip_local_port_range":                   "15000\t20000\n",
		"sys/fs/selinux/enforce":                                  "1",
		"sys/fs/selinux/mls":                                      "1",
		"sys/fs/selinux/deny_unknown":                             "0",
		"sys/fs/selinux/reject_unknown":                           "0",
		"sys/fs/selinux/policyvers":                               "33",
		"sys/fs/selinux/booleans/httpd_can_network_connect":       "0 1",
		"sys/fs/selinux/booleans/haproxy_connect_any":             "1 1",
		"sys/fs/selinux/policy_capabilities/open_perms":           "1",
		"sys/fs/selinux/policy_capabilities/always_check_network": "0",
		"etc/selinux/config":                                      "SELINUX=permissive\n",
		"proc/812/stat":                                           stat812,
		"proc/812/status":                                         "Name:\thaproxy\nUid:\t0\t113\t113\t113\n",
		"proc/812/cgroup":                                         "0::/system.slice/haproxy.service\n",
		"proc/812/attr/current":                                   "system_u:system_r:haproxy_t:s0\x00",
		"proc/812/exe":                                            "-> /usr/sbin/haproxy (deleted)",
		"proc/812/ns/net":                                         "-> net:[4026531840]",
		"proc/812/net/tcp":                                        tcpTable,
		"proc/812/fd/4":                                           "-> socket:[2481]",
		"proc/812/fd/5":                                           "-> /dev/null",
		"proc/813/comm":                                           "ended before its other files were read",
	}
}

const stat812 = "812 (ha (p) roxy) S 1 812 812 34816 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 100 0 0"

// A running SELinux: the current values, the pending values beside them, and the configuration file, which does not
// decide.
func TestReadEnforcing(t *testing.T) {
	f, err := fixture(t, enforcingHost()).read("")
	if err != nil {
		t.Fatal(err)
	}
	if !f.Enforcing || f.SELinuxOff() || f.SELinux.Mode != "enforcing" || f.SELinux.Config.Mode != "permissive" ||
		f.SELinux.PolicyVersion != 33 || !f.SELinux.MLS {
		t.Errorf("SELinux %+v", f.SELinux)
	}
	if b := f.SELinux.Booleans; len(b) != 2 || b[0] != (Boolean{"haproxy_connect_any", true, true}) ||
		b[1] != (Boolean{"httpd_can_network_connect", false, true}) {
		t.Errorf("booleans %+v", b)
	}
	if c := f.SELinux.PolicyCaps; len(c) != 2 || c[0] != (PolicyCap{"always_check_network", false}) ||
		c[1] != (PolicyCap{"open_perms", true}) {
		t.Errorf("policy capabilities %+v", c)
	}
	if f.LocalPorts != (PortRange{15000, 20000}) || f.NetNS == nil || f.NetNS.Inode != 4026531840 || !f.NetNS.Initial {
		t.Errorf("network namespace %+v, ports %v", f.NetNS, f.LocalPorts)
	}
	// A kernel before 4.11 has no ip_unprivileged_port_start: a default, not unknown.
	if o, _ := f.Origin(FactUnprivilegedPortStart); o.How != HowDefault || f.UnprivilegedPortStart != 1024 {
		t.Errorf("ip_unprivileged_port_start %d: %+v", f.UnprivilegedPortStart, o)
	}
	// A fact that takes CAP_NET_ADMIN is unknown, with its code, and not "none".
	for fact, code := range map[Fact]string{FactNetLabel: "SN-A-NETLABEL", FactIPsec: "SN-A-IPSEC",
		FactSecmark: "SN-A-SECMARK"} {
		if u, ok := f.Missing(fact); !ok || u.Code != code || u.Reason == "" {
			t.Errorf("%s: %+v", fact, u)
		}
	}
}

// The ways in which SELinux is off, permissive, or hidden from a container.
func TestReadSELinuxStates(t *testing.T) {
	const mounted = "selinuxfs /sys/fs/selinux selinuxfs rw 0 0\n"
	for _, tt := range []struct {
		name           string
		files          map[string]string
		off, enforcing bool
		missing        Fact
	}{
		{"no selinuxfs", map[string]string{"proc/self/mounts": "proc /proc proc rw 0 0\n"}, true, false, ""},
		{"AppArmor's label", map[string]string{"proc/self/mounts": "", "proc/self/attr/current": "unconfined\n"},
			true, false, ""},
		{"a container", map[string]string{"proc/self/mounts": "",
			"proc/self/attr/current": "system_u:system_r:container_t:s0:c1,c2\x00"}, false, true, FactEnforcing},
		{"permissive", map[string]string{"proc/self/mounts": mounted, "sys/fs/selinux/enforce": "0"}, false, false,
			FactBooleans},
		{"enforce unreadable", map[string]string{"proc/self/mounts": mounted}, false, true, FactEnforcing},
		{"enforce is nonsense", map[string]string{"proc/self/mounts": mounted, "sys/fs/selinux/enforce": "2"}, false,
			true, FactEnforcing},
		{"mounts unreadable", map[string]string{}, false, true, FactSELinux},
	} {
		f, err := fixture(t, tt.files).read("")
		if err != nil {
			t.Fatal(err)
		}
		if f.SELinuxOff() != tt.off || f.Enforcing != tt.enforcing {
			t.Errorf("%s: off %v, enforcing %v; want %v, %v", tt.name, f.SELinuxOff(), f.Enforcing, tt.off,
				tt.enforcing)
		}
		if _, ok := f.Missing(tt.missing); ok != (tt.missing != "") {
			t.Errorf("%s: unknown %+v, want %q", tt.name, f.Unknown, tt.missing)
		}
	}
}

// Processes and sockets of a fixture. One process ends while it is read.
func TestProcessesAndSockets(t *testing.T) {
	r := tree(t, enforcingHost())
	processes, err := r.Processes()
	if err != nil || len(processes) != 1 {
		t.Fatalf("%+v, %v", processes, err)
	}
	p := processes[0]
	if p.Comm != "ha (p) roxy" || p.Context != "system_u:system_r:haproxy_t:s0" || p.Unit != "haproxy.service" ||
		p.UID != 113 ||
		p.Exe != "/usr/sbin/haproxy" || p.NetNS != 4026531840 || p.TTY != "pts/0" || p.CPU.Seconds() != 3 || p.Kernel {
		t.Errorf("process %+v", p)
	}
	if _, err := r.Process(813); !vanished(err) {
		t.Errorf("a process that has ended: %v", err)
	}
}

// A config file as libselinux reads it.
func TestParseConfig(t *testing.T) {
	for text, want := range map[string]Config{
		"":                                   {"", "targeted"},
		"SELINUX=enforcing\n":                {"enforcing", "targeted"},
		" SELINUX= Permissive # why\n":       {"permissive", "targeted"},
		"#SELINUX=disabled\nSELINUXTYPE=mls": {"", "mls"},
		"SELINUX=enforcing\nSELINUX=disabled\nSELINUXTYPE=../../etc\n": {"disabled", "targeted"},
		"SELINUX=off\nSELINUXTYPE=\n":                                  {"", "targeted"},
	} {
		if got := parseConfig([]byte(text)); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}
