package meaning_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/classmap"
	"github.com/senet-selinux/senet/internal/meaning"
	"github.com/senet-selinux/senet/internal/testenv"
)

func command(n uint16) *uint16 { return &n }

// TestSentences: what is said of each family, and what is not.
func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		access meaning.Access
		want   string // in one of the sentences, "" for none at all
	}{
		{meaning.Access{Class: "process", Perms: []string{"execmem"}}, "writable and executable at once"},
		{meaning.Access{Class: "process", Perms: []string{"execmem", "execstack"}}, "is marked as one that needs it"},
		{meaning.Access{Class: "process", Perms: []string{"execheap"}, Source: "unconfined_t"}, "everything that " +
			"users run"},
		{meaning.Access{Class: "process", Perms: []string{"execheap"}}, "until the releases of August 2024"},
		{meaning.Access{Class: "process", Perms: []string{"setexec"}, Source: "container_t"}, "that of the host"},
		{meaning.Access{Class: "process", Perms: []string{"setexec"}, Source: "sshd_t"}, "chooses a label itself"},
		{meaning.Access{Class: "file", Perms: []string{"read"}, Target: "proc_t", Name: "filesystems"}, "each program"},
		{meaning.Access{Class: "file", Perms: []string{"read"}, Target: "proc_t", Name: "stat"}, "the whole system"},
		{meaning.Access{Class: "file", Perms: []string{"entrypoint"}, Target: "x_exec_t"}, "for another domain"},
		{meaning.Access{Class: "process", Perms: []string{"transition"}}, "entrypoint"},
		{meaning.Access{Class: "process", Perms: []string{"signal"}}, ""},
		{meaning.Access{Class: "process", Perms: []string{"signull"}}, "kill -0"},
		{meaning.Access{Class: "filesystem", Perms: []string{"associate"}}, "the first type is that label"},
		{meaning.Access{Class: "filesystem", Perms: []string{"associate"}, Source: "container_t"}, "/dev/stdout"},
		{meaning.Access{Class: "filesystem", Perms: []string{"mount"}}, ""},
		{meaning.Access{Class: "process", Perms: []string{"signull", "signal"}}, ""},
		{meaning.Access{Class: "process", Perms: []string{"sigchld"}}, "its child ended"},
		{meaning.Access{Class: "file", Perms: []string{"read", "open"}}, ""},
		{meaning.Access{Class: "file", Perms: []string{"execmod"}}, "textrel_shlib_t"},
		{meaning.Access{Class: "file", Perms: []string{"entrypoint"}}, "NAME_exec_t"},
		{meaning.Access{Class: "chr_file", Perms: []string{"ioctl"}, Command: command(0x5401)}, "TCGETS"},
		{meaning.Access{Class: "udp_socket", Perms: []string{"ioctl"}, Command: command(0x8927)}, "SIOCGIFHWADDR"},
		{meaning.Access{Class: "chr_file", Perms: []string{"ioctl"}, Command: command(0xeeee)}, ""},
		{meaning.Access{Class: "chr_file", Perms: []string{"ioctl"}}, ""},
		{meaning.Access{Class: "capability", Perms: []string{"dac_override"}}, ""},
		{meaning.Access{Class: "capability", Perms: []string{"net_bind_service"}}, "1024"},
		{meaning.Access{Class: "cap_userns", Perms: []string{"sys_admin"}}, "does not reach the host"},
		{meaning.Access{Class: "capability", Perms: []string{"sys_ptrace"}}, "leave it refused"},
		{meaning.Access{Class: "capability", Perms: []string{"sys_admin"}, Succeeded: true}, "in passing"},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "net-pf-10"}, "IPv6 is off"},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "net-pf-40-proto-1"}, "vsock"},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "netdev-eth0"}, "interface eth0"},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "8021q"}, "in the module 8021q"},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}}, "has in a module"},
		{meaning.Access{Class: "system", Perms: []string{"module_load"}}, ""},
		{meaning.Access{Class: "system", Perms: []string{"reboot"}, Source: "staff_t"}, "sysadm_r"},
		{meaning.Access{Class: "service", Perms: []string{"start"}, Target: "httpd_unit_file_t"}, "label of the " +
			"unit's file"},
		{meaning.Access{Class: "service", Perms: []string{"status"}, Target: "init_t"}, "has no file"},
		{meaning.Access{Class: "bpf", Perms: []string{"prog_load"}}, "runs in the kernel"},
		{meaning.Access{Class: "anon_inode", Perms: []string{"create"}, Target: "io_uring_t"}, "io_uring"},
		{meaning.Access{Class: "anon_inode", Perms: []string{"create"}, Target: "x_t"}, ""},
		{meaning.Access{Class: "anon_inode", Perms: []string{"create"}, Target: "x_t", Inode: "io_uring"}, "io_uring"},
		{meaning.Access{Class: "blk_file", Perms: []string{"ioctl"}, Command: command(0x4e41)}, "NVME_IOCTL_ADMIN_CMD"},
		{meaning.Access{Class: "io_uring", Perms: []string{"sqpoll"}}, "poll"},
		{meaning.Access{Class: "user_namespace", Perms: []string{"create"}}, "sandboxes"},
		{meaning.Access{Class: "key", Perms: []string{"search"}}, "keyring"},
		{meaning.Access{Class: "service_manager", Perms: []string{"find"}}, "look a service up"},
		{meaning.Access{Class: "binder", Perms: []string{"call"}}, "call the other process"},
		{meaning.Access{Class: "unix_stream_socket", Perms: []string{"connectto"}, Source: "a_t",
			Target: "policykit_t"}, "who may do what as root"},
		{meaning.Access{Class: "unix_stream_socket", Perms: []string{"connectto"}, Source: "a_t",
			Target: "postgresql_t"}, "127.0.0.1"},
		{meaning.Access{Class: "unix_stream_socket", Perms: []string{"connectto"}, Source: "a_t", Target: "other_t"},
			"_stream_connect"},
		{meaning.Access{Class: "unix_stream_socket", Perms: []string{"connectto"}, Source: "a_t", Target: "a_t"}, ""},
		{meaning.Access{Class: "unix_stream_socket", Perms: []string{"connectto"}, Source: "a_t", Target: "initrc_t"},
			""},
		{meaning.Access{Class: "unix_stream_socket", Perms: []string{"connectto"}, Source: "a_t",
			Target: "unconfined_t"}, "all programs of users"},
		{meaning.Access{Class: "dbus", Perms: []string{"send_msg"}, Source: "systemd_logind_t", Target: "a_t"},
			"pam_systemd"},
		{meaning.Access{Class: "dbus", Perms: []string{"send_msg"}, Source: "a_t", Target: "b_t"}, ""},
		{meaning.Access{Class: "file", Perms: []string{"read"}, Target: "sysfs_t"}, "changes nothing"},
		{meaning.Access{Class: "file", Perms: []string{"write"}, Target: "sysfs_t"}, ""},
		{meaning.Access{Class: "dir", Perms: []string{"search"}, Target: "sysctl_net_t"}, "/proc/sys"},
		{meaning.Access{Class: "file", Perms: []string{"read"}, Target: "proc_net_t"}, "/proc/net"},
		{meaning.Access{Class: "nosuch", Perms: []string{"read"}}, ""},
	} {
		got := tt.access.Sentences()
		if tt.want == "" && len(got) > 0 ||
			tt.want != "" && !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, tt.want) }) {
			t.Errorf("%+v: %q", tt.access, got)
		}
	}
}

// TestCapabilities: every capability of the kernel's header is told, and is a permission.
func TestCapabilities(t *testing.T) {
	b, err := os.ReadFile("/usr/include/linux/capability.h")
	if err != nil {
		testenv.Missing(t, "the headers of the kernel are not installed: "+err.Error())
	}
	names := regexp.MustCompile(`(?m)^#define CAP_([A-Z_]+)\s+\d+$`).FindAllStringSubmatch(string(b), -1)
	if len(names) < 38 {
		t.Fatalf("only %d names in the header", len(names))
	}
	for _, m := range names {
		perm := strings.ToLower(m[1])
		class := "capability"
		if !classmap.HasPermission(class, perm) {
			class = "capability2"
		}
		a := meaning.Access{Class: class, Perms: []string{perm}}
		if !classmap.HasPermission(class, perm) || !strings.HasPrefix(perm, "dac_") && len(a.Sentences()) == 0 {
			t.Errorf("%s %s is not told", class, perm)
		}
	}
}

// TestIoctl compares the names with the numbers that the headers of the kernel give them.
func TestIoctl(t *testing.T) {
	testenv.Need(t, "cc")
	headers := []string{"asm/ioctls.h", "linux/sockios.h", "linux/fs.h", "linux/loop.h", "linux/if_tun.h",
		"linux/kvm.h", "linux/vt.h", "linux/kd.h", "linux/rtc.h", "linux/hdreg.h", "linux/cdrom.h", "linux/random.h",
		"linux/nsfs.h",
		"scsi/sg.h", "linux/fiemap.h", "linux/android/binder.h", "linux/blkpg.h", "linux/tty.h"}
	names := map[string]uint16{}
	for n := range 1 << 16 {
		if name, _ := meaning.Ioctl(uint16(n)); name != "" {
			if _, twice := names[name]; twice {
				t.Errorf("%s has two numbers", name)
			}
			names[name] = uint16(n)
		}
	}
	var c strings.Builder
	c.WriteString("#include <stdio.h>\n#include <sys/ioctl.h>\n#include <sys/types.h>\n#include <linux/types.h>\n")
	for _, h := range headers {
		if _, err := os.Stat("/usr/include/" + h); err == nil || strings.HasPrefix(h, "asm/") {
			fmt.Fprintf(&c, "#include <%s>\n", h)
		}
	}
	c.WriteString("int main(void) {\n")
	for name := range names {
		fmt.Fprintf(&c, "#ifdef %s\nprintf(\"%s %%u\\n\", (unsigned)(%s) & 0xffff);\n#endif\n", name, name, name)
	}
	c.WriteString("return 0; }\n")
	dir := t.TempDir()
	file, program := filepath.Join(dir, "n.c"), filepath.Join(dir, "n")
	if err := os.WriteFile(file, []byte(c.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cc", "-w", "-o", program, file).CombinedOutput(); err != nil {
		testenv.Missing(t, "the headers of the kernel do not compile: "+string(out))
	}
	out, err := exec.Command(program).Output()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, m := range regexp.MustCompile(`(\w+) (\d+)`).FindAllStringSubmatch(string(out), -1) {
		n, _ := strconv.Atoi(m[2])
		if int(names[m[1]]) != n {
			t.Errorf("%s is %#x, not %#x", m[1], n, names[m[1]])
		}
		checked++
	}
	t.Logf("%d of %d names", checked, len(names))
	if checked < len(names)/2 {
		t.Errorf("only %d of %d names were found", checked, len(names))
	}
}

// TestOptional: what programs often do without, and what they do not.
func TestOptional(t *testing.T) {
	for _, tt := range []struct {
		access meaning.Access
		want   bool
	}{
		{meaning.Access{Class: "cap_userns", Perms: []string{"sys_ptrace"}}, true},
		{meaning.Access{Class: "capability", Perms: []string{"sys_ptrace", "setuid"}}, false},
		{meaning.Access{Class: "capability2", Perms: []string{"wake_alarm"}}, true},
		{meaning.Access{Class: "capability2", Perms: []string{"bpf"}}, false},
		{meaning.Access{Class: "dir", Perms: []string{"getattr", "search"}}, true},
		{meaning.Access{Class: "dir", Perms: []string{"search", "read"}}, false},
		{meaning.Access{Class: "filesystem", Perms: []string{"getattr"}}, true},
		{meaning.Access{Class: "file", Perms: []string{"getattr"}}, true},
		{meaning.Access{Class: "file", Perms: []string{"read"}}, false},
		{meaning.Access{Class: "file", Perms: []string{"read"}, Target: "sysfs_t", Name: "possible"}, true},
		{meaning.Access{Class: "file", Perms: []string{"write"}, Target: "sysfs_t", Name: "online"}, false},
		{meaning.Access{Class: "file", Perms: []string{"read"}, Target: "sysfs_t", Name: "disable"}, false},
		{meaning.Access{Class: "anon_inode", Perms: []string{"create"}, Inode: "io_uring"}, true},
		{meaning.Access{Class: "anon_inode", Perms: []string{"create"}, Inode: "userfaultfd"}, false},
		{meaning.Access{Class: "process", Perms: []string{"signull"}}, true},
		{meaning.Access{Class: "process", Perms: []string{"signal"}}, false},
		{meaning.Access{Class: "bpf", Perms: []string{"prog_load"}}, false},
	} {
		if got := tt.access.Optional(); got != tt.want {
			t.Errorf("%+v: %v", tt.access, got)
		}
	}
}

// TestHarmless: what programs ask for in passing, and what they do not.
func TestHarmless(t *testing.T) {
	for _, tt := range []struct {
		access meaning.Access
		want   bool
	}{
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "net-pf-10"}, true},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "netdev-eth7"}, true},
		{meaning.Access{Class: "system", Perms: []string{"module_request"}, Module: "net-pf-40"}, false},
		{meaning.Access{Class: "system", Perms: []string{"reboot"}}, false},
		{meaning.Access{Class: "capability", Perms: []string{"sys_admin"}, Succeeded: true}, true},
		{meaning.Access{Class: "capability", Perms: []string{"sys_admin"}}, false},
		{meaning.Access{Class: "capability", Perms: []string{"chown"}, Succeeded: true}, false},
	} {
		if got := tt.access.Harmless(); got != tt.want {
			t.Errorf("%+v: %v", tt.access, got)
		}
	}
}
