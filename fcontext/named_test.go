package fcontext_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/fcontext"
)

func TestNamed(t *testing.T) {
	table, err := fcontext.Parse([]byte(`/etc/tally(/.*)?	system_u:object_r:tally_etc_t:s0
/etc/tally/key\.pem	--	system_u:object_r:tally_key_t:s0
/etc/other/.*\.pem	--	system_u:object_r:cert_t:s0
/usr/etc/key\.pem	--	system_u:object_r:usr_t:s0
`), "file_contexts")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		dir, name string
		kind      byte
		want      []string
	}{
		{"/etc", "tally", 'd', []string{"/etc/tally"}},
		{"/etc", "tally", '-', nil}, // what is below it is not it
		{"/etc", "key.pem", '-', []string{"/etc/tally/key.pem"}},
		{"/etc", "key.pem", 'd', nil},
		{"/etc", "pem", '-', nil},
		{"/usr", "key.pem", '-', []string{"/usr/etc/key.pem"}},
	} {
		if got := table.Named(test.dir, test.name, test.kind); !slices.Equal(got, test.want) {
			t.Errorf("Named(%q, %q, %c) = %v, want %v", test.dir, test.name, test.kind, got, test.want)
		}
	}
}
