package fcontext

import (
	"slices"
	"testing"
)

func TestPrograms(t *testing.T) {
	fc, err := Parse([]byte(`/usr/libexec/toold	--	u:r:first_t
/usr/lib(64)?/[^/]*/toold	--	u:r:second_t
/usr/lib/toold(/.*)?	u:r:tree_t
/usr/lib/x/mytoold	--	u:r:other_t
/usr/lib/x/toold.*	--	u:r:other_t
/etc/init\.d/toold	--	u:r:script_t
/usr/lib/toold	-d	u:r:dir_t
/usr/share/a/run\.it	--	u:r:third_t
/usr/share/b/run.it	--	u:r:fourth_t
`), "file_contexts")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"toold":  {"u:r:second_t ", "u:r:first_t /usr/libexec/toold"},
		"run.it": {"u:r:fourth_t ", "u:r:third_t /usr/share/a/run.it"},
		"run_it": nil, "": nil, "*": nil,
	} {
		var got []string
		for m := range fc.Programs(name) {
			got = append(got, m.Context+" "+m.Path)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
