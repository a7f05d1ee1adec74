package compile_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
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
// layout, and compiles into the same policy.
func TestDebianLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles Debian's modules twice")
	}
	var plain, laid []*cil.File
	for _, name := range testenv.Modules(t, "default") {
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
		plain, laid = append(plain, parse(t, name, string(text))), append(laid, parse(t, name, once))
	}
	opts := with(mlsOn, noNeverallow).opts
	opts.Libsepol = debian12.release
	want, err := compile.Compile(plain, opts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := compile.Compile(laid, opts)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Policy.Encode(), got.Policy.Encode()) || !bytes.Equal(want.FileContexts, got.FileContexts) {
		t.Error("the layout compiles into another policy")
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
