package compile_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// mistakes are statements behind cilgen.Base, nearly all of which are wrong,
// in each stage of a compilation and with each exit code.
const mistakes = `
(type a)
(allow nosuch a (file (read)))
(allow a b (file (nosuch)))
(typo x)
(allow a b)
(typetransition a b file "x" d) (typetransition a b file "x" e)
(typetransition a b file d) (typetransition a b file e)
(neverallow a b (file (read)))
(roletype nosuch a)
(userrole u nosuch)
(block k (type t)) (allow a k.u (file (read)))
(call nosuch)
(macro m ((type x)) (allow x nosuch (file (read)))) (call m (a))
(call m2 (a))
(typealias al)
(typealiasactual al2 a)
(typeattribute sf) (typeattributeset sf sf)
(boolean b1 true)
(booleanif nosuch (true (allow a b (file (write)))))
(filecon "/x" any (u r nosuch (low low)))
(filecon "/x" any (u r e (low low)))
(portcon tcp 80000 ctx)
(in nosuch (type q))
(blockinherit nosuch)
(classorder (nosuch))
(sidcontext nosuch ctx)
(context bad (u r a (high low)))
(typebounds a b) (typebounds d b)
(optional o (type a))
(optional o2 (allow nosuch a (file (read))) (typealiasactual a b))
(constrain (file (read)) (eq t1 nosuch))
(policycap nosuch)
(level l2 (nosuch))
(categoryset cs (nosuch))
(mls false)
(userrange u all)
(tunableif nosuch (true (type z)))
(validatetrans nosuch (eq t1 t2))
(category c9)
(sensitivitycategory s0 (nosuch))
(user u2)
(type self)
(classpermissionset nosuch (file (read)))
(allowx a b (ioctl process (0x1)))
(rangetransition a b file (high low))
(defaultuser nosuch source)
(genfscon proc / nosuch)
(roletransition r a file nosuch)
(fsuse xattr x nosuch)
`

// TestSeveralErrors: the exit code for several errors is that of the one at which
// secilc stops, although senet reports all.
func TestSeveralErrors(t *testing.T) {
	testenv.Need(t, "secilc")
	list := strings.Split(strings.TrimSpace(mistakes), "\n")
	codes := make(map[int]bool)
	first, n := seeds(t, 60, 3000)
	file := filepath.Join(t.TempDir(), "case.cil")
	for seed := first; seed < first+uint64(n); seed++ {
		r := rand.New(rand.NewPCG(seed, 6))
		some := slices.Clone(list)
		r.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		text := strings.Join(some[:2+r.IntN(3)], "\n")
		if seed%20 == 0 { // it is the last stage that finds this
			text = `(typetransition a b file "x" d) (typetransition a b file "x" e)`
		}
		if err := os.WriteFile(file, []byte(cilgen.Base+text), 0o600); err != nil {
			t.Fatal(err)
		}
		peer, own := debian12.compile(t, setting{}, file), ours(t, setting{}, file)
		if peer.code != own.code {
			t.Errorf("seed %d: secilc exits %d, senet %d:\n%s", seed, peer.code, own.code, text)
			t.Logf("%s\n%s", peer.says, own.says)
		}
		codes[peer.code] = true
	}
	if n > 10 && len(codes) < 2 {
		t.Errorf("only the exit codes %v", codes)
	}
}

// TestTunableIfInSeveralFiles: what a tunableif holds goes to the end of the file that
// it stands in, not of the policy: __cil_resolve_tunableif appends it to the parent.
func TestTunableIfInSeveralFiles(t *testing.T) {
	testenv.Need(t, "secilc")
	dir := t.TempDir()
	var files []string
	for n, text := range []string{
		cilgen.Base + "(tunable tt true) (tunableif tt (true (type of_tunable))) (type first)",
		"(type second) (tunableif tt (true (type of_tunable2))) (type third)",
		";;* lms 1 x\n(tunableif tt (true (type of_tunable3))) (type fourth)\n;;* lme\n(type fifth)",
	} {
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d.cil", n)))
		if err := os.WriteFile(files[n], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []setting{{}, tunables} {
		if d := differ(secilc(t, s, files...), ours(t, s, files...)); d != "" {
			t.Error(d)
		}
	}
}
