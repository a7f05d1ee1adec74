package diagnose_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
)

// TestBeforeTreble: by the text, else by the date, a policy has the attributes of Android 8 or not.
func TestBeforeTreble(t *testing.T) {
	d := access.NewDecider(testpolicy.Open(t, testenv.Policy(t, "default")))
	for _, c := range []struct {
		stamp   string
		version int
		system  bool
	}{
		{"1453333709.1:1", 0, false}, // January 2016
		{"1453333709.1:1", 9, true},  // a clock that was wrong
		{"1600000000.1:1", 0, true},
		{"1600000000.1:1", 7, false},
		{"86400.1:1", 0, true}, // a clock that was never set
	} {
		g := diagnose.New(d, network.Question{Machine: network.Machine{Host: host.Standard()}}).
			Around(audit.Prose{Android: c.version})
		got := avc(t, g, "type=1400 audit("+c.stamp+`): avc: denied { execute } for pid=1 comm="init" `+
			`path="/system/bin/foo" `+"scontext=u:r:init:s0 "+
			"tcontext=u:object_r:system_file:s0 tclass=file permissive=0\n")
		if got.Change == nil || got.Change.System != c.system ||
			slices.Contains(got.Change.Attributes, "system_file_type") != c.system {
			t.Errorf("%s, Android %d: %+v", c.stamp, c.version, got.Change)
		}
	}
}

// TestMountedOver: which unlabelled files are of a module of the owner, by the file system and the path.
func TestMountedOver(t *testing.T) {
	g := diagnose.New(access.NewDecider(testpolicy.Open(t, testenv.Policy(t, "default"))),
		network.Question{Machine: network.Machine{Host: host.Standard()}})
	for _, c := range []struct{ path, dev, label string }{
		{"/system/bin/x", "loop0", "system_file"},
		{"/vendor/lib64/x.so", "overlay", "vendor_file"},
		{"/product/app/x", "tmpfs", "system_file"},
		{"/apex/com.x/bin/x", "loop3", ""}, // a package of the system
		{"/system/bin/x", "dm-0", ""},      // the image itself
		{"/data/x", "loop0", ""},
	} {
		got := avc(t, g, `type=1400 audit(1.1:1): avc: denied { read } for pid=1 comm="x" path="`+c.path+`" dev="`+
			c.dev+`" scontext=u:r:shell:s0 tcontext=u:object_r:unlabeled:s0 tclass=file permissive=0`+"\n")
		if got.Change == nil || got.Change.Type != c.label || got.Change.Module != (c.label != "") {
			t.Errorf("%s on %s: %+v", c.path, c.dev, got.Change)
		}
	}
}
