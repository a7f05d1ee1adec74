package complaint

import "testing"

// TestAndroidInit has one case for each form of the line in which Android's init found no domain for a program.
func TestAndroidInit(t *testing.T) {
	const behind = "has incorrect label or no domain transition from u:r:init:s0 to another SELinux domain defined."
	for _, c := range []struct{ rule, line, path, label string }{
		{"as init writes it", `File /vendor/bin/x(labeled "u:object_r:vendor_file:s0") ` + behind, "/vendor/bin/x",
			"u:object_r:vendor_file:s0"},
		{"with a blank", `File /vendor/bin/x (labeled "u:object_r:vendor_file:s0") ` + behind, "/vendor/bin/x",
			"u:object_r:vendor_file:s0"},
		{"behind the service", `init: Could not start service 'x' as part of class 'hal': File ` +
			`/system/bin/y(labeled "u:object_r:system_file:s0") ` + behind, "/system/bin/y",
			"u:object_r:system_file:s0"},
		{"without a path", `File x(labeled "u:object_r:vendor_file:s0") ` + behind, "", ""},
		{"without a label", `File /vendor/bin/x ` + behind, "", ""},
		{"a label that is not closed", `File /vendor/bin/x(labeled "u:object_r:vendor_file:s0) ` + behind, "", ""},
		{"no context", `File /vendor/bin/x(labeled "x") ` + behind, "", ""},
	} {
		s := Read(c.line, "init", 1)
		switch {
		case s == nil || s.Label == "":
			if c.path != "" {
				t.Errorf("%s: not read", c.rule)
			}
		case s.Path != c.path || s.Label != c.label || s.Source != "u:r:init:s0" || s.Program != "init" ||
			s.Operation != "execute" || s.Protocol != "file":
			t.Errorf("%s: %+v", c.rule, s)
		}
	}
}
