package say

import "testing"

// TestLibrariesOf: which files get the label of libraries with text relocations together.
func TestLibrariesOf(t *testing.T) {
	for _, c := range []struct {
		name, tree, pattern string
		all                 bool
	}{
		{"/opt/a/b.dll", "/opt/a", `/opt/a/.*\.dll`, true},
		{"/opt/a b/c.DLL", "/opt/a b", `/opt/a\sb/.*\.DLL`, true},
		{"/opt/v1.2/liba.so.3", "/opt/v1.2", `/opt/v1\.2/.*\.so(\..*)?`, true},
		{"liba.so", "DIR", `DIR/.*\.so(\..*)?`, true},
		{"/usr/lib64/liba.so", "/usr/lib64/liba.so", `/usr/lib64/liba\.so`, false},
		{"/usr/lib/x86_64-linux-gnu/liba.so.1", "/usr/lib/x86_64-linux-gnu/liba.so.1",
			`/usr/lib/x86_64-linux-gnu/liba\.so\.1`, false},
		{"/opt/a/tool", "/opt/a/tool", "/opt/a/tool", false},
		{"", "FILE", "FILE", false},
	} {
		if tree, pattern, all := librariesOf(c.name); tree != c.tree || pattern != c.pattern || all != c.all {
			t.Errorf("%s: %s, %s, %v", c.name, tree, pattern, all)
		}
	}
}
