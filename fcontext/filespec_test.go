package fcontext

import "testing"

// TestFileSpec: what FileSpec returns matches the path as it was before the substitutions.
func TestFileSpec(t *testing.T) {
	for _, tt := range []struct{ pattern, want, path string }{
		{`/var/run/mond(/.*)?`, `/run/mond(/.*)?`, "/var/run/mond/x.sock"},
		{`/var/run(/.*)?`, `/run(/.*)?`, "/var/run/x"},
		{`/usr/lib64/probe/lib\.so`, `/usr/lib/probe/lib\.so`, "/usr/lib64/probe/lib.so"},
		{`/usr/lib64x/a`, `/usr/lib64x/a`, "/usr/lib64x/a"},
		{`/run/a\.early/b`, `/run/late/b`, "/run/a.early/b"},
		{`/run/a.early/b`, `/run/late/b`, "/run/a.early/b"},
		{`/data/www/lib64(/.*)?`, `/usr/lib(/.*)?`, "/data/www/lib64/x"},
		{`/sys/image/srv/x`, `/srv/x`, "/sys/image/srv/x"},
		{`/srv/x`, `/srv/x`, "/srv/x"},
	} {
		fc, err := Parse([]byte(tt.want+" system_u:object_r:a_t:s0\n"), "file_contexts")
		if err != nil {
			t.Fatal(err)
		}
		fc.subs = parseSubs([]byte("/data/www /usr\n/sys/image /\n"))
		fc.dist = parseSubs([]byte("/var/run /run\n/usr/lib64 /usr/lib\n/run/a.early /run/late\n"))
		if got := fc.FileSpec(tt.pattern); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.pattern, got, tt.want)
		}
		if m, err := fc.Lookup(tt.path, '-'); err != nil || m.Context == "" {
			t.Errorf("%s does not match %s: %v", tt.want, tt.path, err)
		}
	}
}
