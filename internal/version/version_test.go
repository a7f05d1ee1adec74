package version

import (
	"runtime/debug"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestRevision: the commit is the one that the go command recorded, marked where
// files had changed.
func TestRevision(t *testing.T) {
	set := func(pairs ...string) (list []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for _, c := range []struct {
		name     string
		settings []debug.BuildSetting
		want     string
	}{
		{"clean", set("vcs.revision", "abc", "vcs.modified", "false"), "abc"},
		{"changed", set("vcs.modified", "true", "vcs.revision", "abc"), "abc+dirty"},
		{"no checkout", set("GOOS", "linux"), ""},
	} {
		if got := revision(c.settings); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestGet: a build without a release says so, and names the versions that it reads.
func TestGet(t *testing.T) {
	got := Get()
	if got.Version != "devel" || got.PolicyMin != policydb.MinVersion || got.PolicyMax != policydb.MaxVersion ||
		len(got.Kernels) == 0 {
		t.Errorf("%+v", got)
	}
}
