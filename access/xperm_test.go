package access_test

import (
	"bytes"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// TestDecideXPerm has a case for each step of avc_has_extended_perms, on the
// rules of the small policy: with file_t as a target
//
//	allowxperm     web_t file_t:file ioctl { 0x8910 0x8913 0x8a00-0x8aff 0x9000-0x92ff };
//	auditallowxperm web_t file_t:file ioctl { 0x10 0x20-0x30 };
//	dontauditxperm web_t file_t:file ioctl ~{ 0x20-0x30 };
//
// and with web_exec_t one allowxperm of the attribute domain, 0x5401.
func TestDecideXPerm(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	source, err := policies.SmallSource(33, policies.SELinux, false)
	if err != nil {
		t.Fatal(err)
	}
	plain := source
	// Every ioctl on file_t is audited when granted, and 0x8913 by the
	// extended rule too.
	audited := bytes.Replace(source, []byte("auditallow web_t file_t:file write;"),
		[]byte("auditallow web_t file_t:file { write ioctl };"), 1)
	audited = bytes.Replace(audited, []byte("file ioctl { 0x10 0x20-0x30 };"), []byte("file ioctl { 0x8913 };"), 1)
	// An auditallowxperm with no allowxperm beside it.
	alone := bytes.Replace(source, []byte("allowxperm domain web_exec_t:file ioctl 0x5401;"),
		[]byte("auditallowxperm domain web_exec_t:file ioctl 0x5401;"), 1)
	type want struct{ allowed, filtered, logged bool }
	for _, tt := range []struct {
		name           string
		conf           []byte
		source, target string
		kind           access.XPermKind
		command        uint16
		want           want
	}{
		{"a command that is allowed", plain, "web_t", "file_t", access.Ioctl, 0x8910, want{true, true, false}},
		{"another of the same driver, dontaudited", plain, "web_t", "file_t", access.Ioctl, 0x8911,
			want{false, true, false}},
		{"a range within a driver", plain, "web_t", "file_t", access.Ioctl, 0x8a77, want{true, true, false}},
		{"whole drivers", plain, "web_t", "file_t", access.Ioctl, 0x92fe, want{true, true, false}},
		{"audited when granted is not granted; not dontaudited", plain, "web_t", "file_t", access.Ioctl, 0x25,
			want{false, true, true}},
		{"through an attribute", plain, "web_t", "web_exec_t", access.Ioctl, 0x5401, want{true, true, false}},
		{"not in the only rule", plain, "web_t", "web_exec_t", access.Ioctl, 0x5402, want{false, true, true}},
		{"the rule is there, plain ioctl is not", plain, "db_t", "web_exec_t", access.Ioctl, 0x5401,
			want{false, true, true}},
		{"neither", plain, "db_t", "file_t", access.Ioctl, 0x5401, want{false, false, true}},
		{"auditallow, no auditallowxperm on the command", audited, "web_t", "file_t", access.Ioctl, 0x8910,
			want{true, true, false}},
		{"auditallow and auditallowxperm", audited, "web_t", "file_t", access.Ioctl, 0x8913, want{true, true, true}},
		{"an auditallowxperm alone filters", alone, "web_t", "web_exec_t", access.Ioctl, 0x5401,
			want{false, true, true}},
		{"a permission the class lacks, unknown are rejected; ioctl rules filter it", plain, "web_t", "file_t",
			access.Nlmsg, 0x10, want{false, true, true}},
	} {
		path, err := policies.Compile(tt.conf, policies.Options{Version: 33, HandleUnknown: "reject"})
		if err != nil {
			t.Fatal(err)
		}
		p := open(t, path)
		s, err := p.ParseContext("system_u:init_r:" + tt.source)
		if err != nil {
			t.Fatal(err)
		}
		o, err := p.ParseContext("system_u:object_r:" + tt.target)
		if err != nil {
			t.Fatal(err)
		}
		dec := access.NewDecider(p).DecideXPerm(s, o, "file", tt.kind, tt.command)
		if got := (want{dec.Allowed, dec.Filtered, dec.Logged}); got != tt.want {
			t.Errorf("%s: %s %s %s %#x: got %+v, want %+v (rules %d)", tt.name, tt.source, tt.target, tt.kind,
				tt.command, got, tt.want, len(dec.Rules))
		}
	}
}

// TestDecideXPermUnknownClass is a class that the policy lacks.
func TestDecideXPermUnknownClass(t *testing.T) {
	for path, want := range map[string]bool{"../examples/example.policy": false, testenv.Policy(t, "default"): true} {
		p := open(t, path)
		c, err := p.ParseContext("system_u:system_r:httpd_t:s0")
		if err != nil {
			t.Fatal(err)
		}
		dec := access.NewDecider(p).DecideXPerm(c, c, "no_such_class", access.Ioctl, 1)
		if dec.Allowed != want || dec.Filtered || dec.Logged == want {
			t.Errorf("%s: %+v", path, dec)
		}
	}
}
