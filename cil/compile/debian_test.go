package compile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestDebian compiles all modules of Debian's policies and compares with secilc:
// in the short run with the options that libsemanage uses, in the long run with
// all versions and options.
func TestDebian(t *testing.T) {
	testenv.Need(t, "secilc")
	settings := []setting{with(mlsOn, noNeverallow, version(33))}
	if testenv.Long() {
		for v := uint32(30); v < 33; v++ {
			settings = append(settings, with(mlsOn, noNeverallow, version(v)))
		}
		for _, s := range []setting{
			noDontAudit, tunables, unknownAllow, unknownReject, multiple, generated, expandFive, expandNone, optimized,
		} {
			settings = append(settings, with(mlsOn, noNeverallow, version(33), s))
		}
		settings = append(settings, with(mlsOff, noNeverallow), with(mlsOn, version(33)))
	}
	kinds := []string{"default"} // the other is the newest release's, but in a long run
	if testenv.Long() {
		kinds = append(kinds, "mls")
	}
	for _, kind := range kinds {
		files := testenv.Modules(t, kind)
		for _, s := range settings {
			t.Run(kind+strings.Join(s.flags, " "), func(t *testing.T) {
				peer := debian12.compileKept(t, s, files...)
				if d := differ(peer, ours(t, s, files...)); d != "" {
					t.Error(d)
				}
				if !peer.ok {
					t.Logf("both refuse: %s", peer.says)
				}
			})
		}
	}
}

// TestDebianLayout: the layout of Debian's modules has their comments, is its own
// layout, and compiles into the policy that secilc makes of the modules themselves.
func TestDebianLayout(t *testing.T) {
	testenv.Need(t, "secilc")
	names := testenv.Modules(t, "default")
	dir := t.TempDir()
	var laid []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		once, err := cil.Layout(string(text))
		if err != nil {
			t.Fatal(name, err)
		}
		if twice, err := cil.Layout(once); err != nil || twice != once {
			t.Errorf("%s: the layout has another layout: %v", name, err)
		}
		if n, m := strings.Count(string(text), ";"), strings.Count(once, ";"); n != m {
			t.Errorf("%s: %d comments, %d in the layout", name, n, m)
		}
		file := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(file, []byte(once), 0o600); err != nil {
			t.Fatal(err)
		}
		laid = append(laid, file)
	}
	s := with(mlsOn, noNeverallow, version(33)) // TestDebian compiles the plain files so
	if d := differ(debian12.compileKept(t, s, names...), ours(t, s, laid...)); d != "" {
		t.Errorf("the layout compiles into another policy: %s", d)
	}
}

// TestDebianNewer compiles Debian's modules as newer releases of libsepol do. One
// label is in them twice, which these refuse without -m.
func TestDebianNewer(t *testing.T) {
	kinds := []string{"mls"}
	settings := []setting{with(mlsOn, noNeverallow, multiple)}
	if testenv.Long() {
		kinds = append(kinds, "default")
		settings = append(settings, with(mlsOn, noNeverallow), with(mlsOn, noNeverallow, multiple, optimized),
			with(mlsOn, noNeverallow, multiple, version(33)), with(mlsOn, multiple, expandFive),
			with(mlsOff, multiple, noDontAudit))
	}
	peers := newer(t)
	if !testenv.Long() {
		peers = peers[len(peers)-1:]
	}
	for _, p := range peers {
		for _, kind := range kinds {
			files := testenv.Modules(t, kind)
			for _, s := range settings {
				t.Run(p.release.String()+kind+strings.Join(s.flags, " "), func(t *testing.T) {
					if d := differ(p.compileKept(t, s, files...), p.ours(t, s, files...)); d != "" {
						t.Error(d)
					}
				})
			}
		}
	}
}
