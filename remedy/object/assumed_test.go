package object_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/remedy/object"
)

// TestAssumed: a file of which only the name is known may be a device file in /dev, or one of the subject in /run that
// something else made: a case for each rule, on Debian's policy.
func TestAssumed(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	disk := files{"/dev/nvme0", "system_u:object_r:fixed_disk_device_t:s0"}
	redis := files{"/run/redis/dump.pid", "system_u:object_r:redis_runtime_t:s0"}
	agent := files{"/run/zabbix/apache2.pid", "system_u:object_r:zabbix_runtime_t:s0"}
	keys := files{"/home/USER/.ssh/authorized_keys", "system_u:object_r:ssh_home_t:s0"}
	perm := func(name string) string {
		if name == "authorized_keys" {
			return "read"
		}
		return "write"
	}
	for _, tt := range []struct {
		what, source, target, class, name string
		files                             files
		want                              string
	}{
		{"a device file", "fsdaemon_t", "device_t", "chr_file", "nvme0", disk, "/dev/nvme0"},
		{"with a label of its own", "fsdaemon_t", "tun_tap_device_t", "chr_file", "nvme0", disk, ""},
		{"with an entry that says as little", "fsdaemon_t", "device_t", "chr_file", "nvme0",
			files{"/dev/nvme0", "system_u:object_r:device_t:s0"}, ""},
		{"without a name", "fsdaemon_t", "device_t", "chr_file", "", files{"/dev/", disk.context}, ""},
		{"a file that a job of cron made", "redis_t", "crond_runtime_t", "file", "dump.pid", redis,
			"/run/redis/dump.pid"},
		{"a file of cron", "redis_t", "crond_runtime_t", "file", "crond.pid",
			files{"/run/redis/crond.pid", redis.context}, ""},
		{"a file with the label of the subject", "redis_t", "redis_runtime_t", "file", "dump.pid", redis, ""},
		{"a file of another service", "zabbix_agent_t", "httpd_runtime_t", "file", "apache2.pid", agent, ""},
		{"a file of another service beside its own", "named_t", "NetworkManager_runtime_t", "file", "resolv.conf",
			files{"/run/named/resolv.conf", "system_u:object_r:named_runtime_t:s0"}, ""},
		{"one that is called as the subject", "redis_t", "sshd_runtime_t", "file", "redis.lock",
			files{"/run/redis/redis.lock", redis.context}, "/run/redis/redis.lock"},
		{"a label that does not help", "redis_t", "crond_runtime_t", "file", "dump.pid",
			files{redis.path, "system_u:object_r:sshd_runtime_t:s0"}, ""},
		{"a file of a home elsewhere", "sshd_t", "default_t", "file", "authorized_keys", keys, keys.path},
		{"a file of a home with the label of a place", "sshd_t", "var_t", "file", "authorized_keys", keys, keys.path},
		{"a file that every home may have", "sshd_t", "default_t", "file", "notes", keys, ""},
	} {
		r := object.Find(access.NewDecider(p), object.Problem{
			Source: context(t, p, "system_u:system_r:"+tt.source+":s0"),
			Target: context(t, p, "system_u:object_r:"+tt.target+":s0"), Class: tt.class,
			Perms: []string{perm(tt.name)}, Name: tt.name, Files: tt.files, Lost: tt.target == "default_t",
		})
		got := ""
		if len(r.Fixes) > 0 && r.Fixes[0].Kind == object.Restore {
			got = r.Fixes[0].If
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
}

// TestAssumedUnit: systemd reads units in /etc/systemd/system, which may keep the label of the home where they were
// made.
func TestAssumedUnit(t *testing.T) {
	p := hostPolicy(t)
	for _, tt := range []struct{ name, perm, want string }{
		{"app.service", "read", "/etc/systemd/system/app.service"},
		{"app.timer", "getattr", "/etc/systemd/system/app.timer"},
		{"app.env", "read", ""},
		{"app.service", "write", ""}, // systemd changes no unit
	} {
		r := object.Find(access.NewDecider(p), object.Problem{
			Source: context(t, p, "u:r:init_t:s0"), Target: context(t, p, "u:object_r:user_home_t:s0"), Class: "file",
			Perms: []string{tt.perm}, Name: tt.name,
			Files: files{"/etc/systemd/system/" + tt.name, "u:object_r:systemd_unit_file_t:s0"},
		})
		got := ""
		if len(r.Fixes) > 0 && r.Fixes[0].Kind == object.Restore {
			got = r.Fixes[0].If
		}
		if got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.perm, tt.name, got, tt.want)
		}
	}
}
