package compile

import "testing"

// TestCheckOptions: versions that no policy has, and those newer than the release writes,
// are errors; the others are none.
func TestCheckOptions(t *testing.T) {
	for _, c := range []struct {
		release Release
		version uint32
		ok      bool
	}{
		{0, 0, true}, {0, 15, true}, {0, 14, false}, {0, 99, false}, {OldestRelease, 33, true},
		{OldestRelease, NewestRelease.Version(), false}, {NewestRelease, NewestRelease.Version(), true},
	} {
		o := DefaultOptions()
		o.Libsepol, o.Version = c.release, c.version
		if err := o.Check(); (err == nil) != c.ok {
			t.Errorf("libsepol %s, version %d: %v", c.release, c.version, err)
		}
	}
	o := DefaultOptions()
	if !o.FirstConflict || o.Libsepol != NewestRelease || o.symbolHash() != OldestRelease.SymbolHash() {
		t.Errorf("%+v", o)
	}
}
