package compile_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// TestCasesNewer compiles the cases as newer releases of libsepol do: those of 3.4's language
// as the newest, in the long run as all of them. In the usual run only the newest has all
// settings.
func TestCasesNewer(t *testing.T) {
	old := strings.Split(cases, "\n%\n")
	added := moreCases(t, "newer", "deny")
	expressions := moreCases(t, "deny-expressions")
	peers := newer(t)
	for i, p := range peers {
		t.Run(p.release.String(), func(t *testing.T) {
			if i == len(peers)-1 || testenv.Long() {
				settings := []setting{{}, multiple}
				for _, text := range old {
					comparePeer(t, p, text, settings[:testenv.Rounds(1, 2)]...)
				}
			}
			added := added
			if p.release > 8 { // see TestDenyExpressions
				added = slices.Concat(added, expressions)
			}
			settings := []setting{{}, multiple, optimized, expandFive}
			if i < len(peers)-1 && !testenv.Long() {
				settings = settings[:1]
			}
			for _, text := range added {
				comparePeer(t, p, text, settings...)
			}
		})
	}
}

// moreCases returns the cases in files of testdata, which stand between lines of
// one %, as those of cases do.
func moreCases(t testing.TB, names ...string) []string {
	t.Helper()
	var list []string
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name+".cases"))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, strings.Split(string(text), "\n%\n")...)
	}
	return list
}

// comparePeer compiles base.cil and a text with both compilers.
func comparePeer(t *testing.T, p peer, text string, settings ...setting) {
	t.Helper()
	file := afterBase(t, text)
	for _, s := range settings {
		if d := differ(p.compileKept(t, s, file), p.ours(t, s, file)); d != "" {
			t.Errorf("%v:\n%s\n%s", s.flags, text, d)
		}
	}
}

// afterBase writes base.cil and a text to a file.
func afterBase(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "case.cil")
	if err := os.WriteFile(file, []byte(cilgen.Base+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The language of libsepol 3.4 has none of what came later.
func TestCasesNewerIn34(t *testing.T) {
	for _, text := range moreCases(t, "newer", "deny") {
		comparePeer(t, debian12, text, setting{})
	}
}

// In libsepol 3.6 to 3.8 an expression in a deny rule denies nothing, or the wrong
// permissions; senet does what newer releases do. See docs/secilc-differences.md.
func TestDenyExpressions(t *testing.T) {
	for _, p := range newer(t) {
		if p.release < 6 || p.release > 8 {
			continue
		}
		for _, text := range moreCases(t, "deny-expressions") {
			file := afterBase(t, text)
			peer, own := p.compileKept(t, setting{}, file), p.ours(t, setting{}, file)
			if !own.ok || peer.ok && differ(peer, own) == "" {
				t.Errorf("%s: the difference is gone, or senet refuses: %s", text, own.says)
			}
		}
	}
}
