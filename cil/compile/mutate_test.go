package compile_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// mutate changes a source in one to three places: it drops, doubles, swaps or
// renames nodes, or cuts the text.
func mutate(r *rand.Rand, text string) string {
	for range 1 + r.IntN(4)/3 {
		f, err := cil.ParseFile("", text)
		if err != nil || f.Len() < 3 {
			return text
		}
		spans := nodeSpans(f, text)
		a, b := spans[r.IntN(len(spans))], spans[r.IntN(len(spans))]
		if a[0] > b[0] {
			a, b = b, a
		}
		switch r.IntN(40) / 3 {
		case 0, 1, 2:
			text = text[:a[0]] + text[a[1]:]
		case 3, 4:
			text = text[:a[1]] + " " + text[a[0]:]
		case 5, 6:
			if a[1] <= b[0] {
				text = text[:a[0]] + text[b[0]:b[1]] + text[a[1]:b[0]] + text[a[0]:a[1]] + text[b[1]:]
			}
		case 7, 8, 9:
			text = text[:a[0]] + text[b[0]:b[1]] + text[a[1]:]
		case 10:
			words := [...]string{"self", "all", "not", "()", "(a)", "\"x\"", "nosuch", "a", "at", "file", "(and a b)",
				"9", "true", "optional", "block"}
			text = text[:a[0]] + words[r.IntN(len(words))] + text[a[1]:]
		default:
			text = text[:r.IntN(len(text)+1)]
		}
	}
	return text
}

// nodeSpans returns where the nodes of a source begin and end.
func nodeSpans(f *cil.File, text string) [][2]int {
	lines := []int{0}
	for i := range text {
		if text[i] == '\n' {
			lines = append(lines, i+1)
		}
	}
	var spans [][2]int
	for i := uint32(1); i < f.Len(); i++ {
		pos := f.Pos(i)
		start := lines[pos.Line-1] + pos.Column - 1
		end := start
		if !f.IsList(i) {
			end += len(f.Text(i))
			if text[start] == '"' {
				end += 2
			}
		} else {
			for depth, quoted := 0, false; end < len(text); end++ {
				switch c := text[end]; {
				case quoted:
					quoted = c != '"'
				case c == '"':
					quoted = true
				case c == ';':
					for end+1 < len(text) && text[end+1] != '\n' {
						end++
					}
				case c == '(':
					depth++
				case c == ')':
					depth--
				}
				if text[end] == ')' && !quoted && depth == 0 {
					end++
					break
				}
			}
		}
		spans = append(spans, [2]int{start, end})
	}
	return spans
}

// sources returns sources to mutate: those of the cases that compile, with what
// they stand on, and generated ones.
func sources(t *testing.T, release compile.Release, generate generate, cases []string) []string {
	var list []string
	add := func(text string) {
		f, err := cil.ParseFile("", text)
		if err != nil {
			return
		}
		if _, err := compile.Compile([]*cil.File{f}, compile.Options{Libsepol: release}); err == nil {
			list = append(list, text)
		}
	}
	for _, text := range cases {
		add(cilgen.Base + text)
	}
	for seed := range uint64(200) {
		add(cilgen.Base + generate(seed).Text())
	}
	return list
}

// TestMutated: of CIL that somebody changed at random both compilers think the
// same.
func TestMutated(t *testing.T) {
	testenv.Need(t, "secilc")
	first, n := seeds(t, 100, 50000)
	list := sources(t, debian12.release, cilgen.New, strings.Split(cases, "\n%\n"))
	mutated(t, debian12, list, first, n)
}

// TestMutatedNewer asks newer releases of libsepol about the newer language.
func TestMutatedNewer(t *testing.T) {
	first, n := seeds(t, 60, 20000)
	for _, p := range newer(t) {
		texts := append(strings.Split(cases, "\n%\n"), moreCases(t, "newer", "deny")...)
		list := sources(t, p.release, generatorOf(p.release), texts)
		t.Run(p.release.String(), func(t *testing.T) { mutated(t, p, list, first, n) })
	}
}

// mutated compares the compilers on n mutations of the sources.
func mutated(t *testing.T, p peer, list []string, first uint64, n int) {
	file := filepath.Join(t.TempDir(), "mutated.cil")
	accepted, crashed := 0, 0
	for seed := first; seed < first+uint64(n); seed++ {
		r := rand.New(rand.NewPCG(seed, 2))
		text := mutate(r, list[r.IntN(len(list))])
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := randomSettings[seed%uint64(len(randomSettings))]
		peer, own := p.compile(t, s, file), p.ours(t, s, file)
		if peer.code < 0 {
			crashed++
			continue
		}
		if peer.ok {
			accepted++
		}
		if d := differ(peer, own); d != "" {
			keep := filepath.Join(os.TempDir(), "mutated.cil")
			_ = os.WriteFile(keep, []byte(text), 0o600)
			t.Errorf("seed %d %v (kept as %s):\n%s", seed, s.flags, keep, d)
		}
	}
	t.Logf("%d of %d are accepted; secilc crashed on %d", accepted, n, crashed)
}
