package diagnose

import "testing"

// TestTemporaryName: which names are of the moment.
func TestTemporaryName(t *testing.T) {
	for name, want := range map[string]bool{
		".temp.x": true, ".hidden": true, "config.tmp": true, "a.bak": true, "tmp-1": true, "x.hSR6Ty": true,
		"perftags": false, "lamp0": false, "settings.xml": false, "temperature": false, "wifi_Config": false,
		"camera.front": false, "dump-20240102": false,
	} {
		if got := temporaryName(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestPermit: the rules of both languages with other permissions; a macro stays.
func TestPermit(t *testing.T) {
	for rule, want := range map[string]string{
		"allow a b:file open":                "allow a b:file { read write }",
		"allow a self:capability { x y }":    "allow a self:capability { read write }",
		"(allow a.subj b.file (dir (open)))": "(allow a.subj b.file (dir (read write)))",
		"set_prop(a, b)":                     "set_prop(a, b)",
	} {
		c := ImageChange{Rule: rule}
		if got := c.Permit([]string{"read", "write"}); got.Rule != want || c.Rule != rule {
			t.Errorf("%s: %s", rule, got.Rule)
		}
	}
}
