package pp_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestReleases: packages become the CIL that hll/pp of other releases of libsepol makes
// of them: those of Debian, and modules made for each rule of the language.
func TestReleases(t *testing.T) {
	for suite, release := range map[string]pp.Release{"trixie": pp.Release38, "sid": pp.Release311} {
		peer := oracle.NeedSecilc(t, suite)
		check := func(name string, data []byte) {
			t.Helper()
			p, err := pp.Decode(data)
			if err != nil {
				t.Fatal(name, err)
			}
			cmd := peer.Package()
			cmd.Stdin = bytes.NewReader(data)
			want, failed := cmd.Output()
			got, err := p.CIL(release)
			switch {
			case failed == nil && err != nil, failed != nil && err == nil:
				t.Errorf("%s, libsepol %s: %v, and here %v", name, peer.Version, failed, err)
			case err == nil:
				if diff := firstDifference(got.Text, want); diff != "" {
					t.Errorf("%s, libsepol %s: %s", name, peer.Version, diff)
				}
			}
		}
		for name, data := range installed(t) {
			check(name, data)
		}
		for name, data := range ownPackages(t) {
			check(name, data)
		}
	}
}

// ownPackages are the packages of the sources that package te is tested with.
func ownPackages(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../te/testdata/*.te")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		contexts := []byte("/a -d system_u:object_r:a_t:s0:c0.c3\n/b <<none>>\n")
		p, _, err := te.Package(string(text), contexts, te.Options{MLS: true})
		if err != nil {
			t.Fatal(f, err)
		}
		if all[f], err = p.Encode(); err != nil {
			t.Fatal(f, err)
		}
	}
	return all
}
